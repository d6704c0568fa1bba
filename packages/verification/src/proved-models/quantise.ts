/**
 * A network of floats in the whole numbers that `circuits/mlp.circom` computes with, and what that costs.
 *
 * Between layers each value has a scale of its own, which goes into the weights that read it: what is behind a ReLU
 * may be divided by any positive number there and multiplied here. So one shift is right for all.
 * @module
 */
import { WeftError } from '@weft/protocol'
import { classOf, type Layer, largest, type Network, scoresOf, shift, sizes } from './network.ts'

/** As a graph has them. */
export type FloatLayer = { weights: readonly (readonly number[])[]; biases: readonly number[] }
/** A feature is `scale * whole number + offset`. */
export type FeatureScale = { scale: number; offset: number }

export type Quantised = {
  network: Network
  features: readonly FeatureScale[]
  /** One of a whole score in the network's own. */
  scoreScale: number
}

export type Measured = {
  rows: number
  /** Share of rows whose class is right, 0 to 1. */
  accuracyBefore: number
  accuracyAfter: number
  /** In points; below 0 where it rose. */
  accuracyDropPercent: number
  /** Share of rows that both put into one class. */
  agreement: number
  /** Of a score, in the network's own scale. */
  meanScoreError: number
  largestScoreError: number
}

const largestBias = 32_767
/** Added before a shift rounds down, so that it rounds to the nearest. */
const half = 2 ** (shift - 1)

/**
 * @param rows - features as the network takes them; values between layers get their scales from these
 * @throws WeftError `verification/wrong-size`
 */
export function quantise(
  layers: readonly FloatLayer[],
  rows: readonly (readonly number[])[],
): Quantised {
  const [first, second, third] = checkSizes(layers)
  const features = featureScales(rows)
  const values1 = rows.map((row) => rectified(first, row))
  const values2 = values1.map((row) => rectified(second, row))
  const shifted = {
    weights: first.weights,
    biases: first.biases.map((bias, o) => bias + dot(first.weights[o], features.map(offsetOf))),
  }
  const one = hiddenLayer(shifted, features.map(scaleOf), largestOf(values1))
  const two = hiddenLayer(second, one.scales, largestOf(values2))
  const scaled = timesScales(third.weights, two.scales)
  const scoreScale = Math.max(
    maxSize(scaled.flat()) / largest,
    maxSize(third.biases) / largestBias,
    Number.MIN_VALUE,
  )
  const last: Layer = {
    weights: scaled.map((row) => row.map((weight) => whole(weight / scoreScale))),
    biases: third.biases.map((bias) => whole(bias / scoreScale)),
  }
  return { network: { layers: [one.layer, two.layer, last] }, features, scoreScale }
}

/** What is outside the range that rows had is put at its end. @returns -127 to 127 each */
export function wholeFeatures(scales: readonly FeatureScale[], row: readonly number[]): number[] {
  return scales.map(({ scale, offset }, index) => {
    const value = whole(((row[index] ?? 0) - offset) / scale)
    return Math.max(-largest, Math.min(largest, value))
  })
}

/** On rows that no scale was taken from. @param classes - of each row, the right one */
export function measure(
  layers: readonly FloatLayer[],
  { network, features, scoreScale }: Quantised,
  rows: readonly (readonly number[])[],
  classes: readonly number[],
): Measured {
  let [right, stillRight, same, sum, largestError, count] = [0, 0, 0, 0, 0, 0]
  for (const [index, row] of rows.entries()) {
    const scores = floatScores(layers, row)
    const whole = scoresOf(network, wholeFeatures(features, row))
    const [before, after] = [classOf(scores), classOf(whole)]
    right += before === classes[index] ? 1 : 0
    stillRight += after === classes[index] ? 1 : 0
    same += before === after ? 1 : 0
    for (const [each, score] of scores.entries()) {
      const error = Math.abs((whole[each] ?? 0) * scoreScale - score)
      sum += error
      count += 1
      largestError = Math.max(largestError, error)
    }
  }
  return {
    rows: rows.length,
    accuracyBefore: right / rows.length,
    accuracyAfter: stillRight / rows.length,
    accuracyDropPercent: (100 * (right - stillRight)) / rows.length,
    agreement: same / rows.length,
    meanScoreError: sum / count,
    largestScoreError: largestError,
  }
}

/** @param scales - of what the layer reads @param most - of each value that comes out, 0 or more */
function hiddenLayer({ weights, biases }: FloatLayer, scales: readonly number[], most: number[]) {
  const scaled = timesScales(weights, scales)
  const sumScales = scaled.map((row, output) =>
    Math.max(
      maxSize(row) / largest,
      Math.abs(biases[output] ?? 0) / (largestBias - half),
      (most[output] ?? 0) / (largest * 2 ** shift),
      Number.MIN_VALUE,
    ),
  )
  const by = (value: number, output: number) => whole(value / (sumScales[output] ?? 1))
  const layer: Layer = {
    weights: scaled.map((row, output) => row.map((weight) => by(weight, output))),
    biases: biases.map((bias, output) => by(bias, output) + half),
  }
  return { layer, scales: sumScales.map((scale) => scale * 2 ** shift) }
}

function featureScales(rows: readonly (readonly number[])[]): FeatureScale[] {
  return Array.from({ length: sizes[0] }, (_, index) => {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
    for (const row of rows) {
      low = Math.min(low, row[index] ?? 0)
      high = Math.max(high, row[index] ?? 0)
    }
    return { scale: high > low ? (high - low) / (2 * largest) : 1, offset: (high + low) / 2 }
  })
}

function floatScores(layers: readonly FloatLayer[], row: readonly number[]): number[] {
  const [first, second, third] = checkSizes(layers)
  return sumsOf(third, rectified(second, rectified(first, row)))
}

function rectified(layer: FloatLayer, values: readonly number[]): number[] {
  return sumsOf(layer, values).map((sum) => Math.max(0, sum))
}

function sumsOf({ weights, biases }: FloatLayer, values: readonly number[]): number[] {
  return weights.map((row, output) => (biases[output] ?? 0) + dot(row, values))
}

function dot(row: readonly number[] = [], values: readonly number[]): number {
  return row.reduce((sum, weight, input) => sum + weight * (values[input] ?? 0), 0)
}

function timesScales(weights: FloatLayer['weights'], scales: readonly number[]): number[][] {
  return weights.map((row) => row.map((weight, input) => weight * (scales[input] ?? 1)))
}

function largestOf(rows: readonly (readonly number[])[]): number[] {
  const most = (rows[0] ?? []).map(() => 0)
  for (const row of rows) {
    for (const [index, value] of row.entries()) most[index] = Math.max(most[index] ?? 0, value)
  }
  return most
}

function maxSize(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
}

/** Never -0, which JSON does not tell from 0. */
const whole = (value: number) => Math.round(value) + 0
const scaleOf = ({ scale }: FeatureScale) => scale
const offsetOf = ({ offset }: FeatureScale) => offset

function checkSizes(layers: readonly FloatLayer[]): [FloatLayer, FloatLayer, FloatLayer] {
  const [first, second, third] = layers
  const found = [first?.weights[0]?.length, ...layers.map(({ weights }) => weights.length)]
  if (!first || !second || !third || found.join() !== sizes.join()) {
    throw new WeftError(
      'verification/wrong-size',
      'The network has other sizes than the circuit that proves it. Nothing was changed. Train one of these sizes.',
      { facts: [`Expected: ${sizes.join('-')}`, `Found: ${found.join('-')}`] },
    )
  }
  return [first, second, third]
}
