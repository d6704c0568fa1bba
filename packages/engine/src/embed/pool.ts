/**
 * One vector out of a text's token vectors.
 * @module
 */
import type { Pooling } from '../engine.ts'

export type TokenVectors = {
  /** float32 [rows, columns, width]; a row is a text, padded to the longest. */
  data: Float32Array
  columns: number
  width: number
}

/** @param row which text @param length its tokens, the others are padding @returns float32 [width] */
export function pool(
  { data, columns, width }: TokenVectors,
  { row, length, pooling }: { row: number; length: number; pooling: Pooling },
): Float32Array {
  const at = (token: number): Float32Array => {
    const offset = (row * columns + token) * width
    return data.subarray(offset, offset + width)
  }
  if (pooling === 'cls') return at(0).slice()
  if (pooling === 'last') return at(length - 1).slice()
  const sums = new Float64Array(width)
  for (let token = 0; token < length; token++) {
    const vector = at(token)
    for (let index = 0; index < width; index++)
      sums[index] = (sums[index] ?? 0) + (vector[index] ?? 0)
  }
  return Float32Array.from(sums, (sum) => sum / length)
}

/** To Euclidean length 1; a vector of zeros stays. */
export function normalise(vector: Float32Array): Float32Array {
  const squares = vector.reduce((sum, value) => sum + value * value, 0)
  const length = Math.sqrt(squares)
  return length > 0 ? vector.map((value) => value / length) : vector
}
