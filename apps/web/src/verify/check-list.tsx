import type { CheckState } from '@weft/sdk'
import { count, shortPeerId } from '../row/summary.ts'

const outcomeWords: Record<CheckState['outcome'], string> = {
  passed: 'passed',
  suspicious: 'suspicious',
  failed: 'false',
}

const outcomeTone: Record<CheckState['outcome'], string> = {
  passed: 'text-moss',
  suspicious: 'text-weld',
  failed: 'font-medium text-madder',
}

/** The latest checks, the newest first. */
export function CheckList({ checks }: { checks: readonly CheckState[] }) {
  return (
    <section aria-labelledby="checks-title">
      <h2 id="checks-title" className="text-lg font-semibold">
        Checks
      </h2>
      {checks.length === 0 ? (
        <p className="mt-1 text-sm text-ash">
          Each answer that this tab computes again is listed here: whose it is, and what was found.
        </p>
      ) : (
        <ul className="mt-2">
          {checks.map((check) => (
            <CheckItem key={check.id} check={check} />
          ))}
        </ul>
      )}
    </section>
  )
}

function CheckItem({ check }: { check: CheckState }) {
  const { nodePeerId, askerPeerId, atMs, ms, tokens, outcome, sentence, isForCourt } = check
  const time = new Date(atMs).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
  return (
    <li className="grid gap-1 border-t border-thread py-2 text-sm">
      <div className="flex flex-wrap items-baseline gap-x-4 tabular-nums">
        <span className="text-ash">{time}</span>
        <span>
          {count(tokens, 'token')} of{' '}
          <span className="font-mono text-xs">{shortPeerId(nodePeerId)}</span>
        </span>
        <span className="text-ash">
          for <span className="font-mono text-xs">{shortPeerId(askerPeerId)}</span>, {seconds(ms)}
          {isForCourt && ', for the court'}
        </span>
        <span className={`ml-auto ${outcomeTone[outcome]}`}>{outcomeWords[outcome]}</span>
      </div>
      <p className="max-w-[66ch] text-ash">{sentence}</p>
    </li>
  )
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 9_950 ? 1 : 0)} s`
}
