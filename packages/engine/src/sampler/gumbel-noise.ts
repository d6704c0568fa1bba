/**
 * Gumbel noise that follows from (seed, position, token) alone.
 * @module
 */
import { naturalLog } from './logarithm.ts'
import { philox4x32, type Words4 } from './philox4x32-10.ts'

/**
 * The first 16 bytes of the seed as little-endian words. Words 0 and 1 are Philox's key; words 2 and
 * 3 fill the half of the counter that position and token leave free, so 128 bits of seed count.
 */
export type NoiseKey = Words4

/**
 * @param seed 32 bytes
 * @throws RangeError on another length
 */
export function noiseKey(seed: Uint8Array): NoiseKey {
  if (seed.length !== 32) throw new RangeError(`A seed has 32 bytes, not ${seed.length}.`)
  const view = new DataView(seed.buffer, seed.byteOffset)
  const word = (index: number): number => view.getUint32(index * 4, true)
  return [word(0), word(1), word(2), word(3)]
}

/**
 * G = -ln(-ln u), u = (x + 1/2) / 2^32, x = first word of Philox with counter
 * (position, token, key word 2, key word 3).
 * @param position of the token in the answer, from 0
 * @returns a finite double, in (-3.14, 22.88)
 */
export function gumbelNoise(key: NoiseKey, position: number, token: number): number {
  const [x] = philox4x32([position, token, key[2], key[3]], [key[0], key[1]])
  return -naturalLog(-naturalLog((x + 0.5) / 0x1_0000_0000))
}
