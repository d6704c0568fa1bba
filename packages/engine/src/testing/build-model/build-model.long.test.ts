import * as ort from 'onnxruntime-node'
import { expect, test } from 'vitest'
import { readModelConfig } from '../../model/model-config.ts'
import { sameEverywhere } from '../../model/open-session.ts'
import { buildModel, graphPath } from './build-model.ts'
import { largestDifference, relativeDifference } from './compare.ts'
import {
  type Dtype,
  defaultRecipe,
  type Family,
  families,
  type Recipe,
  tinyShape,
} from './recipe.ts'
import { runStep } from './run-graph.ts'
import { buildWeights } from './weights.ts'

const prompt = Array.from({ length: 40 }, (_, index) => (index * 97 + 5) % 4096)
/** Gemma slides in its first five layers; ONNX Runtime turns a part of a head by eights only. */
const shapeFor = (family: Family) => ({
  ...tinyShape,
  layers: family === 'gemma3' ? 6 : 2,
  headDim: family === 'phi3' ? 64 : 16,
})

const names = Object.keys(families) as Family[]

const open = (recipe: Recipe) => {
  const graph = buildModel(recipe).get(graphPath(recipe)) as Uint8Array
  const extra = { session: sameEverywhere }
  return ort.InferenceSession.create(graph, { extra, intraOpNumThreads: 1, logSeverityLevel: 3 })
}

/** float32 [rows, vocabulary] of a whole prompt. */
async function logitsOf(recipe: Recipe, tokens: readonly number[] = prompt): Promise<Float32Array> {
  const { outputs } = await runStep(await open(recipe), { ort, recipe, tokens: [tokens] })
  return outputs.logits?.data as Float32Array
}

function argmaxes(logits: Float32Array): number[] {
  const { vocab } = tinyShape
  return Array.from({ length: logits.length / vocab }, (_, row) => {
    const values = logits.subarray(row * vocab, (row + 1) * vocab)
    return values.indexOf(Math.max(...values))
  })
}

test.each(names)(
  '%s: both kinds of attention agree, with positions given or not',
  async (family) => {
    const shape = shapeFor(family)
    const recipe = { ...defaultRecipe, family, shape }
    const reference = await logitsOf(recipe)
    const deviation = Math.sqrt(reference.reduce((sum, v) => sum + v * v, 0) / reference.length)
    expect(deviation).toBeGreaterThan(1)
    expect(deviation).toBeLessThan(6)
    expect(new Set(argmaxes(reference)).size).toBeGreaterThan(20)
    for (const attention of ['concat', 'gqa'] as const) {
      for (const positionIds of [true, false]) {
        const logits = await logitsOf({ ...recipe, attention, positionIds })
        expect(largestDifference(reference, logits)).toBeLessThan(1e-4)
      }
    }
  },
)

test.each(names.flatMap((family) => (['concat', 'gqa'] as const).map((a) => [family, a] as const)))(
  '%s %s: token by token over a cache as all at once',
  async (family, attention) => {
    const shape = shapeFor(family)
    const recipe = { ...defaultRecipe, family, shape, attention }
    const session = await open(recipe)
    const whole = await runStep(session, { ort, recipe, tokens: [prompt] })
    let { cache } = await runStep(session, { ort, recipe, tokens: [prompt.slice(0, 30)] })
    for (let at = 30; at < prompt.length; at += 1) {
      const step = await runStep(session, {
        ort,
        recipe,
        cache,
        tokens: [prompt.slice(at, at + 1)],
      })
      cache = step.cache
      const all = whole.outputs.logits?.data as Float32Array
      const expected = all.subarray(at * shape.vocab, (at + 1) * shape.vocab)
      const difference = largestDifference(expected, step.outputs.logits?.data as Float32Array)
      expect(difference).toBeLessThan(1e-4)
    }
  },
)

const tolerances: [Dtype, number][] = [
  ['fp16', 0.01],
  ['q8w', 0.03],
  ['q8', 0.06],
  ['q4', 0.4],
  ['q4f16', 0.4],
]
test.each(tolerances)('%s is near fp32', async (dtype, tolerance) => {
  const reference = await logitsOf(defaultRecipe)
  for (const attention of ['concat', 'gqa'] as const) {
    const logits = await logitsOf({ ...defaultRecipe, dtype, attention })
    const difference = relativeDifference(reference, logits)
    expect(difference).toBeLessThan(tolerance)
    expect(difference).toBeGreaterThan(1e-5)
  }
})

test('num_logits_to_keep keeps the last rows', async () => {
  const recipe = { ...defaultRecipe, numLogitsToKeep: true }
  const feeds = { num_logits_to_keep: new ort.Tensor('int64', BigInt64Array.of(2n), []) }
  const session = await open(recipe)
  const { outputs } = await runStep(session, { ort, recipe, tokens: [prompt], feeds })
  const all = await logitsOf(defaultRecipe)
  expect(outputs.logits?.dims).toEqual([1, 2, tinyShape.vocab])
  const last = all.subarray(-2 * tinyShape.vocab)
  expect(largestDifference(last, outputs.logits?.data as Float32Array)).toBeLessThan(1e-4)
})

test('padding on the left changes nothing where positions are given', async () => {
  const session = await open(defaultRecipe)
  const short = prompt.slice(0, 12)
  const padded = [...new Array<number>(28).fill(0), ...short]
  const mask = [prompt.map(() => 1), padded.map((_, index) => (index < 28 ? 0 : 1))]
  const init = { ort, recipe: defaultRecipe, tokens: [prompt, padded], mask }
  const both = (await runStep(session, init)).outputs.logits?.data as Float32Array
  const alone = await logitsOf(defaultRecipe, short)
  const last = both.subarray(-tinyShape.vocab)
  expect(largestDifference(alone.subarray(-tinyShape.vocab), last)).toBeLessThan(1e-4)
})

test('weights beside the graph give the same model', () => {
  const recipe = { ...defaultRecipe, externalData: true }
  const files = buildModel(recipe)
  const whole = buildModel(defaultRecipe).get('onnx/model.onnx')?.length ?? 0
  const graph = files.get('onnx/model.onnx')?.length ?? 0
  const data = files.get('onnx/model.onnx_data')?.length ?? 0
  expect(graph).toBeLessThan(100_000)
  expect(Math.abs(whole - graph - data)).toBeLessThan(10_000)
})

test('the folder reads as a model, and every id has a text', () => {
  const vocab = 5000
  const files = buildModel({ ...defaultRecipe, shape: { ...tinyShape, vocab } })
  const config = readModelConfig(files)
  expect([...config.endTokens]).toEqual([3, 0])
  const { model } = config.tokenizerJson as { model: { vocab: Record<string, number> } }
  expect(new Set(Object.values(model.vocab)).size).toBe(vocab)
})

test('the same recipe gives the same bytes, another seed other ones', () => {
  const bytes = (recipe: Recipe) => buildModel(recipe).get('onnx/model.onnx') as Uint8Array
  expect(bytes(defaultRecipe)).toEqual(bytes(defaultRecipe))
  expect(bytes({ ...defaultRecipe, seed: 2 })).not.toEqual(bytes(defaultRecipe))
})

test('weights have the spread that was asked for', () => {
  const { data } = buildWeights(defaultRecipe).get('model.embed_tokens.weight') ?? { data: [] }
  const power = [...data].reduce((sum, value) => sum + value * value, 0)
  expect(Math.sqrt(power / data.length)).toBeCloseTo(3 / 8, 2)
})
