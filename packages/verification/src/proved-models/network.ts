/**
 * Networks that are proved: what they say, in the whole numbers that `circuits/mlp.circom` computes with.
 * @module
 */

/** Of one layer: `weights[o]` and `biases[o]` belong to its output o. */
export type Layer = {
  /** -128 to 127. */
  weights: readonly (readonly number[])[]
  /** -32,768 to 32,767. */
  biases: readonly number[]
}

/** Known to its owner, and whom it gives the model. */
export type Network = { layers: readonly [Layer, Layer, Layer] }

/** Of features, values between layers, and scores. The circuit is for these alone. */
export const sizes = [16, 32, 16, 3] as const

/** Between layers a sum is divided by 2^shift, rounded down. */
export const shift = 8

/** Largest of features, weights, and values between layers; features and weights go down to -128. */
export const largest = 127

/** @param features - 16 of -128 to 127 @returns 3 scores: the largest says which class */
export function scoresOf({ layers }: Network, features: readonly number[]): number[] {
  const [first, second, third] = layers
  return sumsOf(third, rectify(sumsOf(second, rectify(sumsOf(first, features)))))
}

/** The first of the largest, as ONNX's ArgMax has it. */
export function classOf(scores: readonly number[]): number {
  return scores.indexOf(Math.max(...scores))
}

function sumsOf({ weights, biases }: Layer, values: readonly number[]): number[] {
  return weights.map((row, output) =>
    row.reduce((sum, weight, input) => sum + weight * (values[input] ?? 0), biases[output] ?? 0),
  )
}

function rectify(sums: readonly number[]): number[] {
  return sums.map((sum) => Math.min(largest, Math.max(0, sum) >> shift))
}
