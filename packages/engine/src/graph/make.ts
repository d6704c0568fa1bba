/**
 * Nodes, tensors and value types of an ONNX graph from plain values.
 * @module
 */

import type { OnnxTensor, OnnxValueInfo } from './onnx.ts'
import { attributeType, empty, type OnnxAttribute, type OnnxNode, tensorType } from './onnx.ts'

/** A number is an int; a float says so, since ONNX tells them apart and JavaScript does not. */
export type AttributeValue = number | readonly number[] | string | { float: number }

export type NodeInit = {
  input: readonly string[]
  output: readonly string[]
  attributes?: Record<string, AttributeValue>
  domain?: string
  name?: string
}

export function makeNode(opType: string, init: NodeInit): OnnxNode {
  return {
    ...empty.node(),
    opType,
    input: [...init.input],
    output: [...init.output],
    name: init.name ?? '',
    domain: init.domain ?? '',
    attribute: Object.entries(init.attributes ?? {}).map(([name, value]) => ({
      ...empty.attribute(),
      name,
      ...attributeOf(value),
    })),
  }
}

function attributeOf(value: AttributeValue): Partial<OnnxAttribute> {
  if (typeof value === 'number') return { type: attributeType.int, i: BigInt(value) }
  if (typeof value === 'string') {
    return { type: attributeType.string, s: new TextEncoder().encode(value) }
  }
  if ('float' in value) return { type: attributeType.float, f: value.float }
  return { type: attributeType.ints, ints: value.map(BigInt) }
}

export type TensorData =
  | { float32: Float32Array | readonly number[] }
  /** Bit patterns. */
  | { float16: Uint16Array }
  | { int64: readonly number[] }
  | { int32: Int32Array | readonly number[] }
  | { int8: Int8Array }
  | { uint8: Uint8Array | readonly number[] }

/** @param dims [] for a scalar */
export function makeTensor(name: string, dims: readonly number[], data: TensorData): OnnxTensor {
  const [type, bytes] = tensorBytes(data)
  return { ...empty.tensor(), name, dims: [...dims], dataType: type, rawData: bytes }
}

/** Typed arrays lie in the machine's order, which is little-endian wherever browsers run. */
function tensorBytes(data: TensorData): [type: number, bytes: Uint8Array] {
  const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView) =>
    new Uint8Array(buffer, byteOffset, byteLength)
  if ('float32' in data) {
    const { float32 } = data
    const array = float32 instanceof Float32Array ? float32 : Float32Array.from(float32)
    return [tensorType.float32, bytesOf(array)]
  }
  if ('float16' in data) return [tensorType.float16, bytesOf(data.float16)]
  if ('int64' in data) {
    return [tensorType.int64, bytesOf(BigInt64Array.from(data.int64.map(BigInt)))]
  }
  if ('int32' in data) return [tensorType.int32, bytesOf(Int32Array.from(data.int32))]
  if ('int8' in data) return [tensorType.int8, bytesOf(data.int8)]
  return [tensorType.uint8, Uint8Array.from(data.uint8)]
}

/** @param dims a length, or the name of one */
export function makeValueInfo(
  name: string,
  { type, dims }: { type: number; dims: readonly (number | string)[] },
): OnnxValueInfo {
  const dim = dims.map((length) =>
    typeof length === 'number'
      ? { ...empty.dimension(), value: length }
      : { ...empty.dimension(), parameter: length },
  )
  const tensor = { ...empty.tensorType(), elemType: type, shape: { ...empty.shape(), dim } }
  return { ...empty.valueInfo(), name, type: { ...empty.type(), tensor } }
}

/** @returns undefined when the node does not have it or it is no int */
export function intAttribute(node: OnnxNode, name: string): number | undefined {
  const value = node.attribute.find((attribute) => attribute.name === name)?.i
  return value === undefined ? undefined : Number(value)
}
