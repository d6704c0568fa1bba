import { readFileSync } from 'node:fs'
import type { Tensor } from 'onnxruntime-web'
import { expect, test, vi } from 'vitest'
import { buildModel, graphPath } from '../testing/build-model/build-model.ts'
import { largestDifference, relativeDifference } from '../testing/build-model/compare.ts'
import { type Dtype, defaultRecipe, type Recipe } from '../testing/build-model/recipe.ts'
import { runStep } from '../testing/build-model/run-graph.ts'
import { type CpuRuntime, cpuRuntimes, openGraph } from '../testing/build-model/run-model.ts'
import { logitRows } from './last-logits.ts'
import { decodeModel, tensorType } from './onnx.ts'
import { type PreparedGraph, prepareGraph } from './prepare-graph.ts'
import type { ExternalData } from './tensor-values.ts'

const tokens = [Array.from({ length: 12 }, (_, index) => (index * 131 + 7) % 4096)]
const rows = [11, 0, 5]
const runtimeNames: CpuRuntime[] = ['node', 'wasm']
const gibibyte = 2 ** 30

type Model = { graph: Uint8Array; externalData: ExternalData }

function build(recipe: Recipe): Model {
  const path = graphPath(recipe)
  const files = buildModel(recipe)
  const data = files.get(`${path}_data`)
  const name = `${path.slice('onnx/'.length)}_data`
  return { graph: files.get(path) as Uint8Array, externalData: data ? [{ path: name, data }] : [] }
}

const prepare = (model: Model, target: 'cpu' | 'webgpu' = 'cpu'): PreparedGraph =>
  prepareGraph({ ...model, target, maxFloatWeightBytes: gibibyte })

const countOf = ({ graph }: Pick<Model, 'graph'>, opType: string): number =>
  decodeModel(graph).graph.node.filter((node) => node.opType === opType).length

/** Logits of `rows`, from a graph that gives all or those asked for. */
async function logitsOf(
  runtime: CpuRuntime,
  { recipe, ...model }: Model & { recipe: Recipe },
): Promise<Float32Array> {
  const ort = cpuRuntimes[runtime]
  const session = await openGraph(runtime, model)
  const chooses = session.inputNames.includes(logitRows)
  const asked = new ort.Tensor('int64', BigInt64Array.from(rows.map(BigInt)), [rows.length])
  const feeds = chooses ? { [logitRows]: asked } : {}
  const widened = session.inputMetadata.some((each) => each.isTensor && each.type === 'float16')
    ? recipe
    : { ...recipe, dtype: 'fp32' as const }
  const { outputs } = await runStep(session, { ort, recipe: widened, tokens, feeds })
  const { data, dims } = outputs.logits as Tensor
  const vocabulary = dims.at(-1) ?? 0
  const all = data as Float32Array
  if (chooses) return all
  const picked = rows.map((row) => [...all.subarray(row * vocabulary, (row + 1) * vocabulary)])
  return Float32Array.from(picked.flat())
}

/** Largest relative difference from the graph as it was. */
const tolerances: [Dtype, number][] = [
  ['fp32', 1e-5],
  ['fp16', 0.005],
  ['q8w', 1e-5],
  ['q4', 1e-5],
  ['q4f16', 0.005],
]
const cases = tolerances.flatMap(([dtype, tolerance]) =>
  runtimeNames.flatMap((runtime) =>
    (['concat', 'gqa'] as const).map((attention) => ({ dtype, tolerance, runtime, attention })),
  ),
)

test.each(cases)(
  '$dtype $attention on $runtime: prepared, it computes the same',
  async ({ dtype, tolerance, runtime, attention }) => {
    const recipe = { ...defaultRecipe, dtype, attention }
    const model = build(recipe)
    const prepared = prepare(model)
    expect(prepared.facts.isGroupQuery).toBe(attention === 'gqa')
    const { graph } = decodeModel(prepared.graph)
    expect(graph.input.map(({ name }) => name)).toContain(logitRows)
    expect(graph.initializer.map(({ dataType }) => dataType)).not.toContain(tensorType.float16)
    expect(countOf(prepared, 'MatMulNBits')).toBe(0)
    expect(prepared.graph.length).toBeLessThan(100_000)
    const before = await logitsOf(runtime, { recipe, ...model })
    const after = await logitsOf(runtime, { recipe, ...prepared })
    expect(relativeDifference(before, after)).toBeLessThan(tolerance)
  },
)

test.each(runtimeNames)('q8 on %s: prepared, it is nearer to the float model', async (runtime) => {
  const exact = await logitsOf(runtime, { recipe: defaultRecipe, ...build(defaultRecipe) })
  const recipe = { ...defaultRecipe, dtype: 'q8' as const }
  const model = build(recipe)
  const distance = async (graph: Model) =>
    relativeDifference(exact, await logitsOf(runtime, { recipe, ...graph }))
  const floats = prepare(model)
  const byRow = prepareGraph({ ...model, target: 'cpu', maxFloatWeightBytes: 0 })
  // Per layer q, k, v, o, gate, up, down; and the head.
  expect(countOf(model, 'MatMulInteger')).toBe(15)
  expect(countOf(floats, 'MatMulInteger')).toBe(0)
  expect(countOf(byRow, 'MatMulInteger')).toBe(15)
  expect(countOf(byRow, 'DynamicQuantizeLinear')).toBe(0)
  const [asWritten, rows, weights] = [
    await distance(model),
    await distance(byRow),
    await distance(floats),
  ]
  expect(rows).toBeLessThan(asWritten)
  expect(weights).toBeLessThan(rows)
  expect(rows).toBeLessThan(0.05)
})

test.each(runtimeNames)('weights beside the graph on %s', async (runtime) => {
  for (const dtype of ['fp32', 'q4', 'q4f16'] as const) {
    const inside = build({ ...defaultRecipe, dtype })
    const recipe = { ...defaultRecipe, dtype, externalData: true }
    const model = build(recipe)
    expect(model.externalData).toHaveLength(1)
    const prepared = prepare(model)
    const logits = await logitsOf(runtime, { recipe, ...prepared })
    const expected = await logitsOf(runtime, { recipe, ...prepare(inside) })
    expect(largestDifference(logits, expected)).toBe(0)
  }
})

test('weights stay views into what was given', () => {
  const model = build(defaultRecipe)
  const { externalData } = prepare(model)
  expect(externalData.length).toBeGreaterThan(10)
  for (const { data } of externalData) expect(data.buffer).toBe(model.graph.buffer)
})

test.each(runtimeNames)('the embedded model on %s', async (runtime) => {
  const path = '../../../../public/models/bobbin/onnx/model_quantized.onnx'
  const graph = new Uint8Array(readFileSync(new URL(path, import.meta.url)))
  const model = { graph, externalData: [] }
  const shape = { ...defaultRecipe.shape, layers: 4, kvHeads: 2, headDim: 48 }
  const recipe = { ...defaultRecipe, shape }
  const before = await logitsOf(runtime, { recipe, ...model })
  const after = await logitsOf(runtime, { recipe, ...prepare(model) })
  expect(largestDifference(before, after)).toBeLessThan(1e-4)
})

test('on WebGPU float16 and block-quantised weights stay', () => {
  const prepared = prepare(build({ ...defaultRecipe, dtype: 'q4f16' }), 'webgpu')
  const { initializer } = decodeModel(prepared.graph).graph
  expect(initializer.map(({ dataType }) => dataType)).toContain(tensorType.float16)
  // Per layer q, k, v, o, gate, up, down; and the head.
  expect(countOf(prepared, 'MatMulNBits')).toBe(15)
})

test('a full memory is told as such', () => {
  const model = build({ ...defaultRecipe, dtype: 'q4' })
  class Full {
    constructor() {
      throw new RangeError('Array buffer allocation failed')
    }
  }
  vi.stubGlobal('Float32Array', Full)
  try {
    expect(() => prepare(model)).toThrow(expect.objectContaining({ code: 'engine/out-of-memory' }))
  } finally {
    vi.unstubAllGlobals()
  }
})

test('a missing or short file beside the graph says which weight', () => {
  const model = build({ ...defaultRecipe, dtype: 'q4', externalData: true })
  const refuse = (externalData: ExternalData, fact: string) =>
    expect(() => prepare({ ...model, externalData })).toThrow(
      expect.objectContaining({
        code: 'engine/bad-graph',
        facts: expect.arrayContaining([expect.stringContaining(fact)]),
      }),
    )
  refuse([], 'Missing file: model_q4.onnx_data')
  const short = model.externalData.map(({ path, data }) => ({ path, data: data.subarray(0, -1) }))
  refuse(short, 'needed')
})
