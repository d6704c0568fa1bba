import type { Opinion } from '@weft/sdk'
import { count } from '../row/summary.ts'

/** In logits, from where rounding ends to what nobody takes for rounding; by powers of ten. */
const lowest = 1e-4
const highest = 1
const height = 40
const leastHeight = 3

/** How far each token is from what the verifier would have chosen: a bar for each that is. */
export function MarginPlot({ opinion }: { opinion: Opinion }) {
  const { margins, firstToken } = opinion
  const bars = [...margins].flatMap((margin, index) =>
    margin > 0 ? [{ index, tall: heightOf(margin) }] : [],
  )
  if (bars.length === 0) return null // The check's own sentence says so.
  const last = firstToken + margins.length
  return (
    <figure className="mt-2 w-full text-sm">
      <svg
        viewBox={`0 0 ${margins.length} ${height}`}
        preserveAspectRatio="none"
        className="block h-10 w-full border-b border-edge"
        role="img"
        aria-label={`${count(bars.length, 'choice')} of ${margins.length} differ from the verifier’s.`}
      >
        {bars.map(({ index, tall }) => (
          <rect
            key={index}
            x={index}
            y={height - tall}
            width={1}
            height={tall}
            className={opinion.outcome === 'passed' ? 'fill-indigo' : 'fill-madder'}
          />
        ))}
      </svg>
      <figcaption className="mt-1 text-xs text-ash">
        <span className="flex justify-between">
          <span>token {firstToken + 1}</span>
          <span>{last}</span>
        </span>
        A bar for each that is not the verifier’s choice, by powers of ten: the lowest is {lowest}{' '}
        logits away or less, the highest {highest} or more.
      </figcaption>
    </figure>
  )
}

function heightOf(margin: number): number {
  const decades = Math.log10(highest / lowest)
  const part = Math.log10(Math.min(margin, highest) / lowest) / decades
  return Math.max(leastHeight, part * height)
}
