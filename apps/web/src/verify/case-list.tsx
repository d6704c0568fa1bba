import type { CaseState } from '@weft/sdk'
import { Section } from '../money/section.tsx'
import { momentWords } from '../money/time-words.ts'
import { shortPeerId } from '../row/summary.ts'
import { caseWords } from './case-words.ts'

/** Nodes that this tab has found cheating, and how their cases stand. */
export function CaseList({ cases }: { cases: readonly CaseState[] }) {
  return (
    <Section title="Cases">
      {cases.length === 0 ? (
        <p className="max-w-[66ch] text-sm text-ash">
          When this tab finds an answer false and its node has a stake, it takes the node to court
          by itself: the case goes on here, over reloads, until it is settled.
        </p>
      ) : (
        <ul>
          {cases.map((state) => (
            <li
              key={state.id}
              className="grid gap-x-4 gap-y-1 border-t border-thread py-2 text-sm sm:grid-cols-[10rem_minmax(0,1fr)]"
            >
              <span className="text-ash tabular-nums">
                {momentWords(state.foundAtMs / 1000, Date.now())}
              </span>
              <span>
                <span className="font-mono text-xs">{shortPeerId(state.nodePeerId)}</span>
                {'. '}
                {caseWords(state, Date.now())}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  )
}
