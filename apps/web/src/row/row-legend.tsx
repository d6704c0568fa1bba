import { StitchShape } from './stitch-shape.tsx'
import { englishRow, layOutRow, type RowAnswer, type Stitch } from './stitches.ts'
import { shortPeerId } from './summary.ts'

/** How a row is read, and what each colour and thread of a finished one stands for. */
export function RowLegend({ answer }: { answer: RowAnswer }) {
  const kinds = kindsOf(answer)
  if (kinds.length === 0) return null
  return (
    <div className="mt-2 text-sm text-ash">
      <p>
        A stitch is 32 tokens at most. Its colour is the tab that made it, its thread the check.
      </p>
      <Kinds kinds={kinds} />
    </div>
  )
}

/** The same under an answer, in a line; nothing where one tab made all of it and all is checked alike. */
export function RowKinds({ answer }: { answer: RowAnswer }) {
  const kinds = kindsOf(answer)
  if (kinds.length < 2) return null
  return (
    <div className="text-xs text-ash">
      <Kinds kinds={kinds} />
    </div>
  )
}

function Kinds({ kinds }: { kinds: readonly Stitch[] }) {
  return (
    <ul aria-label="Legend" className="mt-1 flex flex-wrap gap-x-6">
      {kinds.map(({ peerId, tone, texture }) => (
        <li key={peerId + texture} className="flex items-center gap-2">
          <StitchShape tone={tone} texture={texture} share={legendShare} />
          <span>
            <span className="font-mono text-xs">{shortPeerId(peerId)}</span>,{' '}
            {englishRow.textures[texture]}
          </span>
        </li>
      ))}
    </ul>
  )
}

function kindsOf(answer: RowAnswer): Stitch[] {
  const stitches = layOutRow(answer, false)
  return stitches.filter(
    ({ peerId, texture }, index) =>
      stitches.findIndex((each) => each.peerId === peerId && each.texture === texture) === index,
  )
}

/** Half a window: wide enough to tell one thread from another. */
const legendShare = 0.5
