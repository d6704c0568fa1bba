import { expect, test } from 'vitest'
import { largestDifference } from '../testing/build-model/compare.ts'
import { decoderGraph } from '../testing/build-model/decoder-graph.ts'
import { defaultRecipe } from '../testing/build-model/recipe.ts'
import { type CpuRuntime, cpuRuntimes, openGraph } from '../testing/build-model/run-model.ts'
import { toFloatWeights } from './float-weights.ts'
import { halvesOfFloat32 } from './float16.ts'
import { atFullAccuracy } from './full-accuracy.ts'
import { makeNode, makeTensor, makeValueInfo } from './make.ts'
import { empty, encodeModel, type OnnxModelWithGraph, tensorType } from './onnx.ts'
import { toSinglePrecision } from './single-precision.ts'

type Layout = {
  bits: 4 | 8
  within: number
  blockSize: number
  zero: 'none' | 'packed' | 'float'
  bias?: boolean
  half?: boolean
  accuracyLevel?: number
}

const out = 20
const unlimited = { externalData: [], maxBytes: Number.POSITIVE_INFINITY }
const { float16, float32 } = tensorType

/** The same numbers each time, -1 to 1. */
const numbers = (count: number, seed: number) =>
  Float32Array.from({ length: count }, (_, index) => Math.sin((index + 1) * seed))
const bytes = (count: number, seed: number) =>
  Uint8Array.from(numbers(count, seed), (value) => Math.floor((value + 1) * 127.9))

/** One product, [rows, within] to [rows, out]. */
function productModel(layout: Layout): OnnxModelWithGraph {
  const { bits, within, blockSize, zero, bias, half, accuracyLevel = 0 } = layout
  const blocks = Math.ceil(within / blockSize)
  const blob = (blockSize * bits) / 8
  const floats = (values: Float32Array) =>
    half ? { float16: halvesOfFloat32(values) } : { float32: values }
  const type = half ? float16 : float32
  const initializer = [
    makeTensor('b', [out, blocks, blob], { uint8: bytes(out * blocks * blob, 12.9) }),
    makeTensor('scales', [out * blocks], floats(numbers(out * blocks, 4.1))),
  ]
  if (zero === 'packed') {
    const length = out * Math.ceil((blocks * bits) / 8)
    initializer.push(makeTensor('zero', [length], { uint8: bytes(length, 3.3) }))
  }
  if (zero === 'float') {
    const values = numbers(out * blocks, 7.7).map((value) => value * 8)
    initializer.push(makeTensor('zero', [out, blocks], floats(values)))
  }
  if (bias) initializer.push(makeTensor('bias', [out], floats(numbers(out, 1.3))))
  const optional = [zero === 'none' ? '' : 'zero', '', bias ? 'bias' : '']
  const node = makeNode('MatMulNBits', {
    input: bias ? ['a', 'b', 'scales', ...optional] : ['a', 'b', 'scales', ...optional.slice(0, 1)],
    output: ['y'],
    domain: 'com.microsoft',
    attributes: { K: within, N: out, bits, block_size: blockSize, accuracy_level: accuracyLevel },
  })
  const opset = (domain: string, version: number) => ({ ...empty.opset(), domain, version })
  const graph = {
    ...empty.graph(),
    name: 'product',
    node: [node],
    initializer,
    input: [makeValueInfo('a', { type, dims: ['rows', within] })],
    output: [makeValueInfo('y', { type, dims: ['rows', out] })],
  }
  const opsetImport = [opset('', 17), opset('com.microsoft', 1)]
  return { ...empty.model(), irVersion: 8, opsetImport, graph }
}

async function run(
  runtime: CpuRuntime,
  { within, model }: { within: number; model: OnnxModelWithGraph },
) {
  const { Tensor } = cpuRuntimes[runtime]
  const session = await openGraph(runtime, { graph: encodeModel(model) })
  const a = new Tensor('float32', numbers(3 * within, 0.7), [3, within])
  return (await session.run({ a })).y?.data as Float32Array
}

const layouts: Layout[] = [
  { bits: 4, within: 64, blockSize: 32, zero: 'none' },
  { bits: 4, within: 96, blockSize: 32, zero: 'packed' },
  { bits: 4, within: 96, blockSize: 32, zero: 'float' },
  { bits: 4, within: 70, blockSize: 16, zero: 'none' },
  { bits: 4, within: 128, blockSize: 128, zero: 'packed' },
  { bits: 8, within: 96, blockSize: 32, zero: 'none' },
  { bits: 8, within: 96, blockSize: 32, zero: 'packed' },
  { bits: 4, within: 64, blockSize: 32, zero: 'none', bias: true },
]
const cases = layouts.flatMap((layout) =>
  (['node', 'wasm'] as const).map((runtime) => ({ ...layout, runtime })),
)

test.each(cases)(
  '$bits bits, $within columns in blocks of $blockSize, zero points $zero, on $runtime',
  async ({ runtime, ...layout }) => {
    const model = productModel(layout)
    const { graph, turned } = toFloatWeights(model.graph, unlimited)
    expect(turned).toBe(1)
    expect(graph.initializer.map(({ name }) => name)).not.toContain('b')
    const { within } = layout
    const before = await run(runtime, { within, model })
    const after = await run(runtime, { within, model: { ...model, graph } })
    expect(Math.max(...before)).toBeGreaterThan(1)
    expect(largestDifference(before, after)).toBeLessThan(1e-3)
  },
)

test('float16 scales after widening', async () => {
  const model = productModel({ bits: 4, within: 64, blockSize: 32, zero: 'none', half: true })
  expect(toFloatWeights(model.graph, unlimited)).toMatchObject({ turned: 0, left: 1 })
  const wide = toSinglePrecision(model.graph, [])
  const { graph, turned } = toFloatWeights(wide, unlimited)
  expect(turned).toBe(1)
  const before = await run('wasm', { within: 64, model: { ...model, graph: wide } })
  const after = await run('wasm', { within: 64, model: { ...model, graph } })
  expect(largestDifference(before, after)).toBeLessThan(1e-3)
})

test('accuracy level 4 rounds activations on this runtime; without it the product is exact', async () => {
  const layout: Layout = { bits: 4, within: 64, blockSize: 32, zero: 'none' }
  const exact = await run('node', { within: 64, model: productModel(layout) })
  const rough = productModel({ ...layout, accuracyLevel: 4 })
  expect(largestDifference(exact, await run('node', { within: 64, model: rough }))).toBeGreaterThan(
    0.01,
  )
  const mended = { ...rough, graph: atFullAccuracy(rough.graph) }
  expect(largestDifference(exact, await run('node', { within: 64, model: mended }))).toBe(0)
})

test('turns all of them or none', () => {
  const { graph } = decoderGraph({ ...defaultRecipe, dtype: 'q4' })
  const all = toFloatWeights(graph, unlimited)
  expect(all).toMatchObject({ turned: 15, left: 0 })
  const added = all.graph.initializer.filter(({ name }) => name.endsWith('_float'))
  expect(added.reduce((sum, { rawData }) => sum + (rawData?.length ?? 0), 0)).toBe(all.bytes)
  const within = (maxBytes: number) => toFloatWeights(graph, { externalData: [], maxBytes })
  expect(within(all.bytes)).toMatchObject({ turned: 15, left: 0 })
  expect(within(all.bytes - 1)).toEqual({ graph, turned: 0, left: 15, bytes: 0 })
})

test('weights of another size than the node says', () => {
  const model = productModel({ bits: 4, within: 64, blockSize: 32, zero: 'none' })
  const short = model.graph.initializer.map((tensor) =>
    tensor.name === 'b' ? makeTensor('b', [out, 1, 16], { uint8: bytes(out * 16, 1) }) : tensor,
  )
  expect(() => toFloatWeights({ ...model.graph, initializer: short }, unlimited)).toThrow(
    expect.objectContaining({ code: 'engine/bad-graph' }),
  )
})
