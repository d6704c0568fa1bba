/**
 * The known answer of some layers: a tab whose kernels are wrong must not compute them for others.
 * @module
 */
import { type KnownStates, type LayersManifest, WeftError } from '@weft/protocol'
import { disposeCache } from '../decoder/kv-cache.ts'
import type { PartDecoder } from './part-decoder.ts'

/** More than 32, because prefill kernels switch tiles there. */
const count = 40
const shown = 8

/** Whole numbers that every vocabulary has. */
const knownTokens = Array.from({ length: count }, (_, index) => (index * 97 + 5) % 251)

/** In [-1, 1), exact in float32: multiples of 2^-15 by Knuth's multiplicative hash. */
function knownStates(width: number): Float32Array {
  return Float32Array.from(
    { length: count * width },
    (_, index) => (Math.imul(index + 1, 2_654_435_761) >>> 16) / 2 ** 15 - 1,
  )
}

/** @returns behind the last of the known tokens, float32 [width] */
export async function computeKnownStates(
  decoder: PartDecoder,
  width: number,
): Promise<Float32Array> {
  const cache = decoder.createCache()
  const input = decoder.layout.states
    ? { states: knownStates(width), count }
    : { tokens: [knownTokens] }
  try {
    return (await decoder.forward(cache, input)).slice(-width)
  } finally {
    disposeCache(cache)
  }
}

export function toKnownStates(states: Float32Array, tolerance: number): KnownStates {
  return { components: [...states.subarray(0, shown)], tolerance }
}

/** @throws WeftError `engine/self-test` when this device computes something else */
export async function testKnownStates(
  decoder: PartDecoder,
  { knownAnswer, width }: Pick<LayersManifest, 'knownAnswer' | 'width'>,
): Promise<void> {
  const { components, tolerance } = knownAnswer
  const states = await computeKnownStates(decoder, width)
  const largest = Math.max(...components.map(Math.abs))
  const gaps = components.map((value, index) => Math.abs(value - (states[index] ?? Number.NaN)))
  const gap = Math.max(...gaps) / largest
  // Not `>`: no tolerance admits NaN.
  if (gap <= tolerance) return
  throw new WeftError(
    'engine/self-test',
    'This device computes these layers wrongly. Choose the CPU backend; if that is in use, download the model again.',
    { facts: [`Largest difference of a state: ${gap} of the largest (allowed: ${tolerance})`] },
  )
}
