/**
 * A matrix product in the layout of each quantisation, written as the tools of each write it.
 * @module
 */
import { halvesOfFloat32 } from '../../graph/float16.ts'
import type { TensorData } from '../../graph/make.ts'
import { tensorType } from '../../graph/onnx.ts'
import type { GraphWriter } from './graph-writer.ts'
import type { Dtype } from './recipe.ts'
import type { Weight } from './weights.ts'

export const isHalf = (dtype: Dtype): boolean => dtype === 'fp16' || dtype === 'q4f16'

export const floatsAs = (dtype: Dtype, values: Float32Array): TensorData =>
  isHalf(dtype) ? { float16: halvesOfFloat32(values) } : { float32: values }

export type LinearInit = { dtype: Dtype; name: string; weight: Weight; input: string }

/** @returns the name of `input · weightᵀ` */
export function linear(writer: GraphWriter, init: LinearInit): string {
  if (init.dtype === 'q8') return dynamicLinear(writer, init)
  if (init.dtype === 'q8w') return dequantizedLinear(writer, init)
  if (init.dtype === 'q4' || init.dtype === 'q4f16') return blockLinear(writer, init)
  const { dims, data } = transposed(init.weight)
  const weight = writer.tensor(`${init.name}.weight_T`, dims, floatsAs(init.dtype, data))
  return writer.node('MatMul', [init.input, weight])
}

/** As `quantize_dynamic` of onnxruntime writes it, per channel. */
function dynamicLinear(writer: GraphWriter, { name, weight, input }: LinearInit): string {
  const [out = 0, within = 0] = weight.dims
  const { values, scales } = quantizeRows(weight)
  const data = transposed({ dims: [out, within], data: values })
  const quantized = writer.tensor(`${name}_quantized`, data.dims, { int8: data.data })
  const scale = writer.tensor(`${name}_scale`, [out], { float32: scales })
  const zero = writer.tensor(`${name}_zero_point`, [out], { int8: new Int8Array(out) })
  const inputs = [`${input}_quantized`, `${input}_scale`, `${input}_zero_point`] as const
  if (!writer.graph.node.some(({ output }) => output[0] === inputs[0])) {
    writer.node('DynamicQuantizeLinear', [input], { output: inputs })
  }
  const product = writer.node('MatMulInteger', [inputs[0], quantized, inputs[2], zero])
  const cast = writer.node('Cast', [product], { attributes: { to: tensorType.float32 } })
  return writer.node('Mul', [cast, writer.node('Mul', [inputs[1], scale])])
}

function dequantizedLinear(writer: GraphWriter, { name, weight, input }: LinearInit): string {
  const [out = 0] = weight.dims
  const { values, scales } = quantizeRows(weight)
  const data = transposed({ dims: weight.dims, data: values })
  const parts = [
    writer.tensor(`${name}_int8`, data.dims, { int8: data.data }),
    writer.tensor(`${name}_scale`, [out], { float32: scales }),
    writer.tensor(`${name}_zero`, [out], { int8: new Int8Array(out) }),
  ]
  const floats = writer.node('DequantizeLinear', parts, { attributes: { axis: 1 } })
  return writer.node('MatMul', [input, floats])
}

const block = 32

/** As onnxruntime's `MatMulNBitsQuantizer` writes it: symmetric, 4 bits, zero at 8. */
function blockLinear(writer: GraphWriter, { dtype, name, weight, input }: LinearInit): string {
  const [out = 0, within = 0] = weight.dims
  const blocks = Math.ceil(within / block)
  const packed = new Uint8Array((out * blocks * block) / 2).fill(0x88)
  const scales = new Float32Array(out * blocks)
  for (let index = 0; index < scales.length; index += 1) {
    const row = Math.floor(index / blocks)
    const start = row * within + (index % blocks) * block
    const values = weight.data.subarray(start, Math.min(start + block, (row + 1) * within))
    const extreme = values.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a), 0)
    const scale = extreme / -8
    scales[index] = scale
    for (const [at, value] of values.entries()) {
      const level = Math.min(15, Math.max(0, Math.round(scale === 0 ? 8 : value / scale + 8)))
      const byte = (index * block + at) >> 1
      const old = packed[byte] ?? 0
      packed[byte] = at % 2 === 0 ? (old & 0xf0) | level : (old & 0x0f) | (level << 4)
    }
  }
  const parts = [
    input,
    writer.tensor(`${name}_Q4`, [out, blocks, block / 2], { uint8: packed }),
    writer.tensor(`${name}_scales`, [out * blocks], floatsAs(dtype, scales)),
  ]
  return writer.node('MatMulNBits', parts, {
    domain: 'com.microsoft',
    attributes: { K: within, N: out, bits: 4, block_size: block },
  })
}

/** Symmetric int8, one scale for each row of [out, in]. */
export function quantizeRows({ dims, data }: Weight): { values: Int8Array; scales: Float32Array } {
  const [out = 0, within = 0] = dims
  const values = new Int8Array(data.length)
  const scales = new Float32Array(out)
  for (let row = 0; row < out; row += 1) {
    let largest = 0
    for (let at = row * within; at < (row + 1) * within; at += 1) {
      largest = Math.max(largest, Math.abs(data[at] ?? 0))
    }
    const scale = Math.fround(largest / 127) || 1
    scales[row] = scale
    for (let at = row * within; at < (row + 1) * within; at += 1) {
      values[at] = Math.round((data[at] ?? 0) / scale)
    }
  }
  return { values, scales }
}

/** [out, in] to [in, out] */
function transposed<T extends Float32Array | Int8Array>(matrix: {
  dims: number[]
  data: T
}): { dims: [number, number]; data: T } {
  const [rows = 0, columns = 0] = matrix.dims
  const { data } = matrix
  const result = new (data.constructor as new (length: number) => T)(data.length)
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      result[column * rows + row] = data[row * columns + column] ?? 0
    }
  }
  return { dims: [columns, rows], data: result }
}
