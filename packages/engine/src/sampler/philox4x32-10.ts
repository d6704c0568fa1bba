/**
 * Philox4x32-10, a counter-based random generator: any position can be computed alone.
 * Salmon, Moraes, Dror and Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3", SC11;
 * reference code https://github.com/DEShawResearch/random123.
 * @module
 */

/** Four 32-bit words, each an integer in [0, 2^32). */
export type Words4 = readonly [number, number, number, number]
/** Two 32-bit words, each an integer in [0, 2^32). */
export type Words2 = readonly [number, number]

const rounds = 10
const multiplier0 = 0xd2511f53
const multiplier1 = 0xcd9e8d57
/** Golden ratio and sqrt(3) - 1, times 2^32: what the key grows by each round. */
const weyl0 = 0x9e3779b9
const weyl1 = 0xbb67ae85

/** @returns four uniform words, each in [0, 2^32) */
export function philox4x32(counter: Words4, key: Words2): Words4 {
  let [c0, c1, c2, c3] = counter
  let [k0, k1] = key
  for (let round = 0; round < rounds; round++) {
    const high0 = multiplyHigh(multiplier0, c0)
    const low0 = Math.imul(multiplier0, c0)
    const high1 = multiplyHigh(multiplier1, c2)
    const low1 = Math.imul(multiplier1, c2)
    c0 = (high1 ^ c1 ^ k0) >>> 0
    c1 = low1 >>> 0
    c2 = (high0 ^ c3 ^ k1) >>> 0
    c3 = low0 >>> 0
    k0 = (k0 + weyl0) >>> 0
    k1 = (k1 + weyl1) >>> 0
  }
  return [c0, c1, c2, c3]
}

/** Upper 32 bits of the 64-bit product, by 16-bit halves: every partial sum stays under 2^53. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff
  const aHigh = a >>> 16
  const bLow = b & 0xffff
  const bHigh = b >>> 16
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16)
  const middle2 = aLow * bHigh + (middle & 0xffff)
  return aHigh * bHigh + Math.floor(middle / 0x10000) + (middle2 >>> 16)
}
