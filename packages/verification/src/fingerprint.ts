/**
 * TOPLOC (Ong et al., "TOPLOC: A Locality Sensitive Hashing Scheme for Trustless Verifiable Inference",
 * arXiv 2501.16007): 258 bytes by which a node commits to the hidden states of 32 tokens. The 128 largest
 * of them by magnitude are rounded to bfloat16, and a polynomial over GF(65497) runs through the points
 * (index mod m, bits). Who recomputes the states evaluates it at the indices of its own 128 largest:
 * where the same values lie, exponents agree and mantissas nearly; anywhere else the polynomial says
 * something arbitrary.
 * @module
 */
import {
  type FingerprintLimits,
  fingerprintBytes,
  fingerprintPrime,
  fingerprintSchema,
  type LikenessOnWire,
  parse,
} from '@weft/protocol'
import { evaluate, interpolate } from './field.ts'

/** Values that a fingerprint holds, as many as there are in fewer states: a coefficient for each, and m. */
const heldValues = fingerprintBytes / 2 - 1
const leastModulus = 2 ** 15

/** How much of a fingerprint is found in other states of the same tokens. */
export type Likeness = LikenessOnWire

/**
 * @param states float32, of one to 32 tokens one behind the other, in the tokens' order
 * @returns 258 bytes: m and the coefficients, lowest first, each as u16 little-endian
 * @throws RangeError for no states, or some that are no finite numbers
 */
export function makeFingerprint(states: Float32Array): Uint8Array {
  const indices = largestByMagnitude(states)
  const modulus = injectiveModulus(indices)
  const points = Array.from(indices, (index) => ({
    x: index % modulus,
    y: bfloat16Of(states[index] ?? 0),
  }))
  const view = new DataView(new ArrayBuffer(fingerprintBytes))
  view.setUint16(0, modulus, true)
  interpolate(points).forEach((coefficient, power) => {
    view.setUint16(2 + 2 * power, coefficient, true)
  })
  return new Uint8Array(view.buffer)
}

/**
 * @param fingerprint of somebody else's states
 * @param states one's own, as for `makeFingerprint`
 * @throws MalformedError for bytes that no states have, RangeError as `makeFingerprint`
 */
export function compareFingerprint(fingerprint: Uint8Array, states: Float32Array): Likeness {
  const { modulus, polynomial } = parseFingerprint(fingerprint)
  const indices = largestByMagnitude(states)
  const differences: number[] = []
  for (const index of indices) {
    const theirs = evaluate(polynomial, index % modulus)
    const ours = bfloat16Of(states[index] ?? 0)
    if (theirs >> 7 === ours >> 7) differences.push(Math.abs((theirs & 0x7f) - (ours & 0x7f)))
  }
  const alike = differences.length
  const sum = differences.reduce((total, each) => total + each, 0)
  return {
    values: indices.length,
    alike,
    meanMantissa: alike === 0 ? 128 : sum / alike,
  }
}

/** Whether states may be those that a fingerprint was made of. */
export function isAlike(
  { values, alike, meanMantissa }: Likeness,
  { leastAlike, mostMantissa }: FingerprintLimits,
): boolean {
  return alike >= leastAlike * values && meanMantissa <= mostMantissa
}

/** @throws MalformedError */
function parseFingerprint(given: Uint8Array): { modulus: number; polynomial: Uint32Array } {
  const bytes = parse('fingerprint', fingerprintSchema, given)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const polynomial = Uint32Array.from({ length: heldValues }, (_, power) =>
    view.getUint16(2 + 2 * power, true),
  )
  return { modulus: view.getUint16(0, true), polynomial }
}

/** Indices by |x|, largest first, ties to the lowest: one look at each, since hardly any belongs to the largest. */
function largestByMagnitude(states: Float32Array): Uint32Array {
  if (states.length === 0) throw new RangeError('There are no states.')
  const at = (index: number): number => Math.abs(states[index] ?? 0)
  const inOrder = (a: number, b: number): number => at(b) - at(a) || a - b
  let held: number[] = []
  // Of the largest so far, the least; nothing below it is looked at twice.
  let least = -1
  for (let index = 0; index < states.length; index++) {
    const magnitude = at(index)
    if (magnitude <= least) continue
    if (!(magnitude < Number.POSITIVE_INFINITY)) {
      throw new RangeError('A state is not a finite number.')
    }
    held.push(index)
    if (held.length < 2 * heldValues) continue
    held = held.sort(inOrder).slice(0, heldValues)
    least = at(held.at(-1) ?? 0)
  }
  return Uint32Array.from(held.sort(inOrder).slice(0, heldValues))
}

/** The largest m that keeps all indices apart, from the prime down. */
function injectiveModulus(indices: Uint32Array): number {
  for (let modulus = fingerprintPrime; modulus > leastModulus; modulus--) {
    if (new Set(indices.map((index) => index % modulus)).size === indices.length) return modulus
  }
  throw new RangeError('No modulus keeps these indices apart.')
}

const word = new DataView(new ArrayBuffer(4))

/** The 16 bits of the nearest bfloat16, ties to even. @param value finite */
function bfloat16Of(value: number): number {
  word.setFloat32(0, value)
  const bits = word.getUint32(0)
  const rounded = (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16
  // A number that rounds to infinity stays the largest finite one.
  return (rounded & 0x7f80) === 0x7f80 ? rounded - 1 : rounded
}
