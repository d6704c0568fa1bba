import type { QuorumRecord, Witness } from '@weft/sdk'
import { count, shortPeerId } from '../row/summary.ts'
import { OpinionList } from './opinion-list.tsx'

/** What the other tabs of a quorum answered, and what was found of those that part. */
export function WitnessList({ quorum }: { quorum: QuorumRecord }) {
  const { size, witnesses } = quorum
  const missing = size - 1 - witnesses.length
  return (
    <section aria-label="Answered at the same time" className="mt-5 border-t border-thread pt-4">
      <h3 className="text-sm font-semibold">Answered at the same time</h3>
      <ul className="mt-1 grid gap-3">
        {witnesses.map(({ answer, partsAt }) => {
          const peerId = answer.segments.at(-1)?.peerId ?? answer.quote?.nodePeerId ?? ''
          return (
            <li key={peerId} className="text-sm">
              <p>
                <span className="font-mono text-xs">{shortPeerId(peerId)}</span>
                {': '}
                {saidWords({ answer, partsAt })}
                {answer.receipt ? ', signed' : ', not signed'}
              </p>
              {partsAt !== null && (
                <blockquote className="mt-1 max-h-24 overflow-y-auto border-l-2 border-weld pl-3 break-words whitespace-pre-wrap text-ash">
                  {answer.text}
                </blockquote>
              )}
              <OpinionList opinions={answer.check?.opinions ?? []} />
            </li>
          )
        })}
      </ul>
      {missing > 0 && (
        <p className="mt-1 text-sm text-ash">
          {count(missing, 'tab')} fewer than wanted: nobody else served this model.
        </p>
      )}
    </section>
  )
}

function saidWords({ answer, partsAt }: Witness): string {
  if (partsAt !== null) return `something else from token ${partsAt + 1} on`
  const { length } = answer.tokens
  return length === 0 ? 'nothing' : `the same ${count(length, 'token')}`
}
