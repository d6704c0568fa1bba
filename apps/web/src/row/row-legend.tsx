import { StitchShape } from './stitch-shape.tsx'
import { layOutRow, type RowAnswer, textureWords } from './stitches.ts'
import { shortPeerId } from './summary.ts'

/** What each colour and thread of a finished row stands for. */
export function RowLegend({ answer }: { answer: RowAnswer }) {
  const stitches = layOutRow(answer, false)
  const kinds = stitches.filter(
    ({ peerId, texture }, index) =>
      stitches.findIndex((each) => each.peerId === peerId && each.texture === texture) === index,
  )
  if (kinds.length === 0) return null
  return (
    <div className="mt-2 text-sm text-ash">
      <p>
        A stitch is 32 tokens at most. Its colour is the tab that made it, its thread the check.
      </p>
      <ul aria-label="Legend" className="mt-1 flex flex-wrap gap-x-6">
        {kinds.map(({ peerId, tone, texture }) => (
          <li key={peerId + texture} className="flex items-center gap-2">
            <StitchShape tone={tone} texture={texture} share={legendShare} />
            <span>
              <span className="font-mono text-xs">{shortPeerId(peerId)}</span>,{' '}
              {textureWords[texture]}
            </span>
          </li>
        ))}
      </ul>
    </div>
  )
}

/** Half a window: wide enough to tell one thread from another. */
const legendShare = 0.5
