import { type KeyboardEvent, useRef, useState } from 'react'
import { StitchShape } from './stitch-shape.tsx'
import {
  describeRow,
  describeStitch,
  englishRow,
  layOutRow,
  type RowAnswer,
  type RowWords,
} from './stitches.ts'
import { shortPeerId } from './summary.ts'

type WovenRowProps = { answer: RowAnswer; streaming: boolean; words?: RowWords }

/** An answer as cloth. Arrow keys walk along the stitches; a stitch says what it is. */
export function WovenRow({ answer, streaming, words = englishRow }: WovenRowProps) {
  const stitches = layOutRow(answer, streaming)
  const [told, setTold] = useState(0)
  const [isTelling, setIsTelling] = useState(false)
  const [cursor, setCursor] = useState(0)
  const row = useRef<HTMLDivElement>(null)
  const stitch = stitches[told]

  const hush = () => setIsTelling(false)
  function tell(index: number): void {
    setTold(index)
    setIsTelling(true)
  }

  function walk(event: KeyboardEvent): void {
    if (event.key === 'Escape') hush()
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    if (step === 0) return
    event.preventDefault()
    const next = Math.min(Math.max(cursor + step, 0), stitches.length - 1)
    setCursor(next)
    row.current?.querySelectorAll('button')[next]?.focus()
  }

  return (
    <div className="relative">
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for inputs, this groups stitches. */}
      <div
        ref={row}
        role="group"
        aria-label={describeRow(stitches, answer, words)}
        onKeyDown={walk}
        onMouseLeave={hush}
        className={`flex min-h-8 flex-wrap ${streaming ? 'weaving' : ''}`}
      >
        {stitches.map((each, index) => (
          <button
            key={each.start}
            type="button"
            tabIndex={index === cursor ? 0 : -1}
            aria-label={`${shortPeerId(each.peerId)}: ${describeStitch(each, words)}`}
            onMouseEnter={() => tell(index)}
            onFocus={() => {
              setCursor(index)
              tell(index)
            }}
            onBlur={hush}
            onClick={() => tell(index)}
            className="stitch flex items-center"
          >
            <StitchShape {...each} />
          </button>
        ))}
      </div>
      {/* Always there: where a focused sheet loses a node while the focus moves, it takes the focus back. */}
      {stitch && (
        <p
          aria-hidden="true"
          hidden={!isTelling}
          className="absolute top-full left-0 z-10 mt-1 max-w-full rounded-md border border-thread bg-paper px-2 py-1 text-xs text-ink"
        >
          <span className="font-mono">{shortPeerId(stitch.peerId)}</span>
          {' · '}
          {describeStitch(stitch, words)}
        </p>
      )}
    </div>
  )
}
