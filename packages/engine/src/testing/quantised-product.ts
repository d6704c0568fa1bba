/**
 * One dynamically quantised product, as onnxruntime's quantize_dynamic writes it.
 * @module
 */
import { makeNode, makeTensor, makeValueInfo, type TensorData } from '../graph/make.ts'
import { empty, encodeModel, type OnnxModelWithGraph, tensorType } from '../graph/onnx.ts'
import { type CpuRuntime, cpuRuntimes, openGraph } from './build-model/run-model.ts'

export const within = 64
export const out = 24
export const numbers = (count: number, seed: number) =>
  Float32Array.from({ length: count }, (_, index) => Math.sin((index + 1) * seed))

export type Layout = { weight: 'int8' | 'uint8'; perChannel: boolean; zero: boolean; opset: number }

/** [rows, within] to [rows, out], and the exact weights. */
export function quantizedModel({ weight, perChannel, zero, opset }: Layout): {
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

export async function run(
  runtime: CpuRuntime,
  { model, x }: { model: OnnxModelWithGraph; x: Float32Array },
) {
  const session = await openGraph(runtime, { graph: encodeModel(model) })
  const { Tensor } = cpuRuntimes[runtime]
  const feed = new Tensor('float32', x, [x.length / within, within])
  return (await session.run({ x: feed })).y?.data as Float32Array
}

export function exact(x: Float32Array, weights: Float32Array): Float32Array {
  return Float32Array.from({ length: (x.length / within) * out }, (_, at) => {
    const row = Math.floor(at / out)
    const values = x.subarray(row * within, (row + 1) * within)
    return values.reduce((sum, value, k) => sum + value * (weights[k * out + (at % out)] ?? 0), 0)
  })
}

export const layouts: Layout[] = [
  { weight: 'int8', perChannel: true, zero: false, opset: 13 },
  { weight: 'int8', perChannel: true, zero: true, opset: 17 },
  { weight: 'int8', perChannel: false, zero: true, opset: 18 },
  { weight: 'uint8', perChannel: false, zero: true, opset: 14 },
  { weight: 'uint8', perChannel: true, zero: true, opset: 21 },
]
