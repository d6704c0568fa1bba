import type { ServedJob } from '@weft/sdk'
import type { ReactNode } from 'react'
import { exactWeft, weft } from '../money/amounts.ts'
import { count, formatRate, shortPeerId } from '../row/summary.ts'

const stateWords: Record<ServedJob['state'], string> = {
  running: 'answering',
  done: 'done, signed',
  cancelled: 'stopped by the asker',
  failed: 'failed',
}

type JobListProps = {
  jobs: readonly ServedJob[]
  /** What becomes of them. */
  children: ReactNode
}

/** The latest jobs, the newest first. */
export function JobList({ jobs, children }: JobListProps) {
  return (
    <section aria-labelledby="jobs-title">
      <h2 id="jobs-title" className="text-lg font-semibold">
        Jobs
      </h2>
      {jobs.length === 0 ? (
        <p className="mt-1 text-sm text-ash">
          Each answer of this tab is listed here while it serves: when, for whom, how much.
        </p>
      ) : (
        <ul className="mt-2">
          {jobs.map((job) => (
            <JobItem key={job.id} job={job} />
          ))}
        </ul>
      )}
      {children}
    </section>
  )
}

function JobItem({ job }: { job: ServedJob }) {
  const { clientPeerId, startedAtMs, inputTokens, outputTokens, tokensPerSecond, costWei, state } =
    job
  const time = new Date(startedAtMs).toLocaleTimeString('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
  })
  return (
    <li className="flex flex-wrap items-baseline gap-x-4 border-t border-thread py-2 text-sm tabular-nums">
      <span className="text-ash">{time}</span>
      <span className="font-mono text-xs">{shortPeerId(clientPeerId)}</span>
      <span>
        {inputTokens} in, {count(outputTokens, 'token')} out
      </span>
      <span className="text-ash">{formatRate(tokensPerSecond)} tok/s</span>
      {costWei > 0n && <span title={exactWeft(costWei)}>{weft(costWei)}</span>}
      <span className={`ml-auto ${state === 'failed' ? 'text-weld' : 'text-ash'}`}>
        {stateWords[state]}
      </span>
    </li>
  )
}
