/**
 * What this device has woven: the rows of its latest jobs, end to end.
 * @module
 */
import { tokensPerWindow } from '@weft/protocol'
import type { ServedJob } from '@weft/sdk'
import { cutIntoWindows, type Stitch } from '../row/stitches.ts'

export type BandStitch = Pick<Stitch, 'texture' | 'share'> & {
  key: string
  /** A gap before it: another job begins. */
  first: boolean
}

/** More than any screen is wide. */
const maxStitches = 60

/** @param jobs - the latest first @returns stitches in the order they were made */
export function layOutBand(jobs: readonly ServedJob[]): BandStitch[] {
  return [...jobs].reverse().flatMap(stitchesOf).slice(-maxStitches)
}

function stitchesOf({ id, outputTokens, state }: ServedJob): BandStitch[] {
  const texture = {
    running: 'arriving',
    done: 'signed',
    cancelled: 'signed',
    failed: 'loose',
  } as const
  return cutIntoWindows(0, outputTokens).map(({ start, end }) => ({
    key: `${id}-${start}`,
    first: start === 0,
    texture: texture[state],
    share: (end - start) / tokensPerWindow,
  }))
}
