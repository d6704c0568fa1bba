/**
 * Trains a network of three layers by Adam on the cross entropy of its classes; the same for the same seed.
 * @module
 */
import { randomFrom } from './applicants.ts'

type Layer = { weights: number[][]; biases: number[] }
export type Example = { features: readonly number[]; outcome: number }

const rate = 0.003
const batch = 64
const [decay1, decay2, tiny] = [0.9, 0.999, 1e-8]

export type TrainInit = { sizes: readonly number[]; epochs: number; seed: number }

/** @returns layers that take features as they are: centring and scaling them is in the first one's weights */
export function train(examples: readonly Example[], { sizes, epochs, seed }: TrainInit): Layer[] {
  const random = randomFrom(seed)
  const { means, deviations } = spreadOf(examples)
  const rows = examples.map(({ features, outcome }) => ({
    outcome,
    features: features.map((value, i) => (value - (means[i] ?? 0)) / (deviations[i] ?? 1)),
  }))
  const layers = sizes
    .slice(1)
    .map((outputs, index) => newLayer(sizes[index] ?? 1, outputs, random))
  const [moments1, moments2] = [layers.map(zeroLike), layers.map(zeroLike)]
  let step = 0
  for (let epoch = 0; epoch < epochs; epoch += 1) {
    shuffle(rows, random)
    const rateNow = rate * (1 - epoch / epochs)
    for (let from = 0; from < rows.length; from += batch) {
      step += 1
      const gradient = layers.map(zeroLike)
      const part = rows.slice(from, from + batch)
      for (const row of part) addGradient(layers, gradient, row)
      const correct1 = 1 - decay1 ** step
      const correct2 = 1 - decay2 ** step
      const change = (value: number, slope: number, m: number[], v: number[], at: number) => {
        const mean = slope / part.length
        m[at] = decay1 * (m[at] ?? 0) + (1 - decay1) * mean
        v[at] = decay2 * (v[at] ?? 0) + (1 - decay2) * mean * mean
        const size = Math.sqrt((v[at] ?? 0) / correct2) + tiny
        return value - (rateNow * ((m[at] ?? 0) / correct1)) / size
      }
      for (const [index, layer] of layers.entries()) {
        const [slopes, first, second] = [gradient[index], moments1[index], moments2[index]]
        for (const [values, slope, m, v] of listsOf(layer, slopes, first, second)) {
          for (let at = 0; at < values.length; at += 1) {
            values[at] = change(values[at] ?? 0, slope?.[at] ?? 0, m ?? [], v ?? [], at)
          }
        }
      }
    }
  }
  return layers.map((layer, index) => (index === 0 ? unscaled(layer, means, deviations) : layer))
}

/** Rows of weights and the biases of several layers of one shape, beside each other. */
function listsOf(...layers: (Layer | undefined)[]): [number[], ...(number[] | undefined)[]][] {
  const [layer] = layers
  if (!layer) return []
  const rows = layer.weights.map((_, row) => layers.map((each) => each?.weights[row]))
  return [...rows, layers.map((each) => each?.biases)] as [number[], ...(number[] | undefined)[]][]
}

/** By back propagation. */
function addGradient(layers: readonly Layer[], gradient: readonly Layer[], row: Example): void {
  const values: (readonly number[])[] = [row.features]
  for (const [index, { weights, biases }] of layers.entries()) {
    const from = values[index] ?? []
    const sums = weights.map((w, o) =>
      w.reduce((s, x, i) => s + x * (from[i] ?? 0), biases[o] ?? 0),
    )
    values.push(index < layers.length - 1 ? sums.map((sum) => Math.max(0, sum)) : sums)
  }
  const scores = values.at(-1) ?? []
  const top = Math.max(...scores)
  const powers = scores.map((score) => Math.exp(score - top))
  const total = powers.reduce((sum, power) => sum + power, 0)
  let slopes = powers.map((power, o) => power / total - (o === row.outcome ? 1 : 0))
  for (let index = layers.length - 1; index >= 0; index -= 1) {
    const [layer, into, from] = [layers[index], gradient[index], values[index] ?? []]
    if (!layer || !into) continue
    const below = from.map(() => 0)
    for (const [o, slope] of slopes.entries()) {
      into.biases[o] = (into.biases[o] ?? 0) + slope
      const [w, g] = [layer.weights[o] ?? [], into.weights[o] ?? []]
      for (let i = 0; i < from.length; i += 1) {
        g[i] = (g[i] ?? 0) + slope * (from[i] ?? 0)
        below[i] = (below[i] ?? 0) + slope * (w[i] ?? 0)
      }
    }
    slopes = below.map((slope, i) => ((from[i] ?? 0) > 0 ? slope : 0))
  }
}

function newLayer(inputs: number, outputs: number, random: () => number): Layer {
  const limit = Math.sqrt(6 / inputs)
  const weights = Array.from({ length: outputs }, () =>
    Array.from({ length: inputs }, () => limit * (2 * random() - 1)),
  )
  return { weights, biases: Array.from({ length: outputs }, () => 0) }
}

function zeroLike({ weights, biases }: Layer): Layer {
  return { weights: weights.map((row) => row.map(() => 0)), biases: biases.map(() => 0) }
}

function spreadOf(examples: readonly Example[]) {
  const width = examples[0]?.features.length ?? 0
  const mean = (of: (example: Example) => number) =>
    examples.reduce((sum, example) => sum + of(example), 0) / examples.length
  const means = Array.from({ length: width }, (_, i) => mean(({ features }) => features[i] ?? 0))
  const deviations = means.map((centre, i) =>
    Math.sqrt(mean(({ features }) => ((features[i] ?? 0) - centre) ** 2) || 1),
  )
  return { means, deviations }
}

function unscaled({ weights, biases }: Layer, means: number[], deviations: number[]): Layer {
  const scaled = weights.map((row) => row.map((weight, i) => weight / (deviations[i] ?? 1)))
  const shift = (row: number[]) => row.reduce((sum, weight, i) => sum + weight * (means[i] ?? 0), 0)
  return { weights: scaled, biases: biases.map((bias, o) => bias - shift(scaled[o] ?? [])) }
}

function shuffle(rows: unknown[], random: () => number): void {
  for (let last = rows.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1))
    ;[rows[last], rows[other]] = [rows[other], rows[last]]
  }
}
