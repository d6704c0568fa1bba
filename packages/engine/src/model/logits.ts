/**
 * What a step returns, as float32.
 * @module
 */
import type { Tensor } from 'onnxruntime-web'

/** @param logits float32 or float16 [1, tokens, vocabulary] @returns float32 [vocabulary] */
export function lastLogits(logits: Tensor): Float32Array {
  const vocabulary = logits.dims[2] ?? 0
  // float16 arrives as Float16Array where the engine has it, else as its bits.
  const data = logits.data as Float32Array | Uint16Array
  const last = data.slice(data.length - vocabulary)
  logits.dispose()
  if (last instanceof Float32Array) return last
  return last instanceof Uint16Array
    ? Float32Array.from(last, halfToSingle)
    : Float32Array.from(last)
}

/** IEEE 754 binary16 to a number, exactly. */
function halfToSingle(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY
  if (exponent === 0) return sign * fraction * 2 ** -24
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}
