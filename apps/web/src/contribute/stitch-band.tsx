import type { ServedJob } from '@weft/sdk'
import { StitchShape } from '../row/stitch-shape.tsx'
import { toneOf } from '../row/tones.ts'
import { layOutBand } from './band.ts'

type StitchBandProps = { jobs: readonly ServedJob[]; peerId: string; flowing: boolean }

/** This device's stitches: the newest at the right edge, the others move on as it grows. */
export function StitchBand({ jobs, peerId, flowing }: StitchBandProps) {
  const stitches = layOutBand(jobs)
  const label =
    stitches.length === 0
      ? 'Nothing woven yet'
      : `The latest stitches of this device: ${stitches.length}`
  return (
    <div className="grid gap-1">
      <div
        role="img"
        aria-label={label}
        className={`loom flex h-[30px] items-center justify-end overflow-hidden ${flowing ? 'weaving' : ''}`}
      >
        {stitches.map(({ key, first, texture, share }) => (
          <span key={key} className={`stitch shrink-0 ${first ? 'ml-3' : ''}`}>
            <StitchShape tone={toneOf(peerId)} texture={texture} share={share} />
          </span>
        ))}
      </div>
      {stitches.length > 0 && (
        <p className="text-xs text-ash">
          What this tab wove last, in its own colour: a stitch is 32 tokens at most. Thin is under
          way, thick is signed, dashed was cut off.
        </p>
      )}
    </div>
  )
}
