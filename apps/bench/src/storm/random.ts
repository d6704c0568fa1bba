/**
 * Numbers by lot that one seed always draws alike: sfc32 by Chris Doty-Humphrey (PractRand), seeded
 * with a hash.
 * @module
 */
import { sha256, utf8ToBytes } from '@weft/protocol'

export type Random = {
  /** In [0, 1). */
  next(): number
  /** A whole number in [low, high]. */
  between(low: number, high: number): number
  /** @throws RangeError for an empty list */
  pick<T>(values: readonly T[]): T
  /** True so often. @param share in [0, 1] */
  chance(share: number): boolean
}

/** @param name what the numbers are for; each name has a sequence of its own */
export function createRandom(name: string): Random {
  const seed = new DataView(sha256(utf8ToBytes(name)).buffer)
  let [a, b, c, count] = [0, 4, 8, 12].map((at) => seed.getInt32(at, true)) as [
    number,
    number,
    number,
    number,
  ]
  const next = () => {
    const mixed = (((a + b) | 0) + count) | 0
    count = (count + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + mixed) | 0
    return (mixed >>> 0) / 0x1_0000_0000
  }
  const between = (low: number, high: number) => low + Math.floor(next() * (high - low + 1))
  return {
    next,
    between,
    pick(values) {
      if (values.length === 0) throw new RangeError('Nothing can be drawn from an empty list.')
      return values[between(0, values.length - 1)] as (typeof values)[number]
    },
    chance: (share) => next() < share,
  }
}
