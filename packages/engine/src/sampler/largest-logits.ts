/**
 * The largest of many logits.
 * @module
 */
import { largest } from './candidates.ts'

/**
 * @param logits float32 [vocabulary], none NaN
 * @param k 0 to the vocabulary's size
 * @returns both [k], largest first, ties to the lowest id
 */
export function largestLogits(
  logits: Float32Array,
  k: number,
): { tokens: Uint32Array; values: Float32Array } {
  if (k === 0) return { tokens: new Uint32Array(), values: new Float32Array() }
  const at = (token: number): number => logits[token] ?? Number.NaN
  const tokens = largest(logits, k).sort((a, b) => at(b) - at(a) || a - b)
  return { tokens, values: Float32Array.from(tokens, at) }
}
