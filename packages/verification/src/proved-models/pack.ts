/**
 * How numbers become elements of the field that proofs are about; the same as in `circuits/mlp.circom`.
 * @module
 */

/** Each with 2^(bits-1) added, as many to an element as 248 bits hold, the first in the lowest bits. */
export function pack(values: readonly number[], bits: number): bigint[] {
  const each = Math.floor(248 / bits)
  const elements = Array.from({ length: Math.ceil(values.length / each) }, () => 0n)
  for (const [index, value] of values.entries()) {
    const element = Math.floor(index / each)
    const place = BigInt(bits * (index % each))
    elements[element] = (elements[element] ?? 0n) + (BigInt(value + 2 ** (bits - 1)) << place)
  }
  return elements
}

/** The inverse, of one element. */
export function unpack(element: bigint, bits: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => {
    const value = (element >> BigInt(bits * index)) & ((1n << BigInt(bits)) - 1n)
    return Number(value) - 2 ** (bits - 1)
  })
}

/** @returns the public signal that says for which features scores are */
export function packFeatures(features: readonly number[]): bigint {
  return pack(features, 8)[0] ?? 0n
}

/** Of three scores. */
const scoreBits = 32

export function packScores(scores: readonly number[]): bigint {
  return pack(scores, scoreBits)[0] ?? 0n
}

export function unpackScores(packed: bigint): number[] {
  return unpack(packed, scoreBits, 3)
}
