import { expect, test } from 'vitest'
import { largestDifference, relativeDifference } from '../testing/build-model/compare.ts'
import { type CpuRuntime, cpuRuntimes, openGraph } from '../testing/build-model/run-model.ts'
import { makeNode, makeTensor, makeValueInfo, type TensorData } from './make.ts'
import { empty, encodeModel, type OnnxModelWithGraph, tensorType } from './onnx.ts'
import { toRowScales } from './row-scales.ts'

const within = 64
const out = 24
const numbers = (count: number, seed: number) =>
  Float32Array.from({ length: count }, (_, index) => Math.sin((index + 1) * seed))

type Layout = { weight: 'int8' | 'uint8'; perChannel: boolean; zero: boolean; opset: number }

/** What quantize_dynamic writes for one product, [rows, within] to [rows, out], and the exact weights. */
function quantizedModel({ weight, perChannel, zero, opset }: Layout): {
  model: OnnxModelWithGraph
  weights: Float32Array
} {
  const signed = weight === 'int8'
  const levels = numbers(within * out, 2.3).map(
    (value) => Math.round(value * 100) + (signed ? 0 : 128),
  )
  const count = perChannel ? out : 1
  const dims = perChannel ? [out] : []
  const scales = numbers(count, 5.1).map((value) => 0.01 + Math.abs(value) / 100)
  const zeros = numbers(count, 1.7).map(
    (value) => (zero ? Math.round(value * 10) : 0) + (signed ? 0 : 128),
  )
  const integers = (values: Float32Array): TensorData =>
    signed ? { int8: Int8Array.from(values) } : { uint8: Uint8Array.from(values) }
  const weights = levels.map((level, at) => {
    const column = perChannel ? at % out : 0
    return (level - (zeros[column] ?? 0)) * (scales[column] ?? 0)
  })
  const graph = {
    ...empty.graph(),
    name: 'product',
    node: [
      makeNode('DynamicQuantizeLinear', { input: ['x'], output: ['xq', 'xs', 'xz'] }),
      makeNode('MatMulInteger', { input: ['xq', 'w', 'xz', 'wz'], output: ['integers'] }),
      makeNode('Cast', { input: ['integers'], output: ['cast'], attributes: { to: 1 } }),
      makeNode('Mul', { input: ['xs', 'ws'], output: ['scales'] }),
      makeNode('Mul', { input: ['cast', 'scales'], output: ['y'] }),
    ],
    initializer: [
      makeTensor('w', [within, out], integers(levels)),
      makeTensor('wz', dims, integers(zeros)),
      makeTensor('ws', dims, { float32: scales }),
    ],
    input: [makeValueInfo('x', { type: tensorType.float32, dims: ['rows', within] })],
    output: [makeValueInfo('y', { type: tensorType.float32, dims: ['rows', out] })],
  }
  const opsetImport = [{ ...empty.opset(), version: opset }]
  return { model: { ...empty.model(), irVersion: 8, opsetImport, graph }, weights }
}

async function run(
  runtime: CpuRuntime,
  { model, x }: { model: OnnxModelWithGraph; x: Float32Array },
) {
  const session = await openGraph(runtime, { graph: encodeModel(model) })
  const { Tensor } = cpuRuntimes[runtime]
  const feed = new Tensor('float32', x, [x.length / within, within])
  return (await session.run({ x: feed })).y?.data as Float32Array
}

function exact(x: Float32Array, weights: Float32Array): Float32Array {
  return Float32Array.from({ length: (x.length / within) * out }, (_, at) => {
    const row = Math.floor(at / out)
    const values = x.subarray(row * within, (row + 1) * within)
    return values.reduce((sum, value, k) => sum + value * (weights[k * out + (at % out)] ?? 0), 0)
  })
}

const layouts: Layout[] = [
  { weight: 'int8', perChannel: true, zero: false, opset: 13 },
  { weight: 'int8', perChannel: true, zero: true, opset: 17 },
  { weight: 'int8', perChannel: false, zero: true, opset: 18 },
  { weight: 'uint8', perChannel: false, zero: true, opset: 14 },
  { weight: 'uint8', perChannel: true, zero: true, opset: 21 },
]
const cases = layouts.flatMap((layout) =>
  (['node', 'wasm'] as const).map((runtime) => ({ ...layout, runtime })),
)

/** Five rows, each a tenth of the one before. */
const x = numbers(5 * within, 0.9).map((value, at) => value * 10 ** -Math.floor(at / within))

test.each(cases)(
  '$weight weights, channels $perChannel, zero points $zero, opset $opset, on $runtime',
  async ({ runtime, ...layout }) => {
    const { model, weights } = quantizedModel(layout)
    const { graph, turned, left } = toRowScales(model)
    expect({ turned, left }).toEqual({ turned: 1, left: 0 })
    const edited = { ...model, graph }
    const together = await run(runtime, { model: edited, x })
    for (let row = 0; row < 5; row += 1) {
      const one = x.subarray(row * within, (row + 1) * within)
      const alone = await run(runtime, { model: edited, x: one })
      const shared = together.subarray(row * out, (row + 1) * out)
      expect(largestDifference(alone, shared)).toBe(0)
      expect(relativeDifference(exact(one, weights), alone)).toBeLessThan(0.01)
    }
    // What it mends: the row a ten-thousandth of the first is lost when they share one scale.
    const last = exact(x, weights).subarray(4 * out)
    const before = await run(runtime, { model, x })
    expect(relativeDifference(last, before.subarray(4 * out))).toBeGreaterThan(0.5)
  },
)

test.each(['node', 'wasm'] as const)('a row of zeros gives zeros on %s', async (runtime) => {
  const { model } = quantizedModel({ weight: 'int8', perChannel: true, zero: true, opset: 17 })
  const edited = { ...model, graph: toRowScales(model).graph }
  const y = await run(runtime, { model: edited, x: new Float32Array(within) })
  expect(y.every((value) => value === 0)).toBe(true)
})

test('leaves a quantisation that something else reads', () => {
  const { model } = quantizedModel({ weight: 'int8', perChannel: true, zero: true, opset: 17 })
  const node = [...model.graph.node, makeNode('Identity', { input: ['xq'], output: ['shown'] })]
  const graph = { ...model.graph, node }
  expect(toRowScales({ ...model, graph })).toEqual({ graph, turned: 0, left: 1 })
})
