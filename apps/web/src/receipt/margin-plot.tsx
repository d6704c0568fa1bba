import type { Opinion } from '@weft/sdk'
import { count } from '../row/summary.ts'

/** In logits: what is further away looks the same. */
const highest = 1
const height = 40

/** How far each token is from what the verifier would have chosen: a bar for each that is. */
export function MarginPlot({ opinion }: { opinion: Opinion }) {
  const { margins, firstToken } = opinion
  const bars = [...margins].flatMap((margin, index) =>
    margin > 0 ? [{ index, part: Math.min(margin, highest) / highest }] : [],
  )
  if (bars.length === 0)
    return <p className="text-sm">All {margins.length} choices are the same.</p>
  const last = firstToken + margins.length
  return (
    <figure className="mt-2 w-full">
      <svg
        viewBox={`0 0 ${margins.length} ${height}`}
        preserveAspectRatio="none"
        className="block h-10 w-full border-b border-thread"
        role="img"
        aria-label={`${count(bars.length, 'choice')} of ${margins.length} differ from the verifier’s.`}
      >
        {bars.map(({ index, part }) => (
          <rect
            key={index}
            x={index}
            y={height - Math.max(2, part * height)}
            width={1}
            height={Math.max(2, part * height)}
            className={opinion.outcome === 'passed' ? 'fill-indigo' : 'fill-madder'}
          />
        ))}
      </svg>
      <figcaption className="flex justify-between text-sm text-ash">
        <span>token {firstToken + 1}</span>
        <span>distance from the verifier’s choice</span>
        <span>{last}</span>
      </figcaption>
    </figure>
  )
}
