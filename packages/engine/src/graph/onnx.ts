/**
 * An ONNX model as plain data: what edits look at, by field number of `onnx.proto` 1.23.1. What they
 * do not look at (functions, metadata, sparse weights, training) is kept as bytes in `rest`.
 * Source: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 * @module
 */
import { WeftError } from '@weft/protocol'
import { PbfReader } from 'pbf'
import {
  floats,
  int64s,
  type Message,
  message,
  messages,
  numbers,
  optionalBytes,
  optionalFloat,
  optionalInt64,
  optionalMessage,
  optionalNumber,
  packedInt64s,
  packedNumbers,
  type Rest,
  string,
  strings,
  writeMessage,
} from './wire.ts'

export type OnnxModel = Rest & {
  irVersion: number | undefined
  producerName: string
  graph: OnnxGraph | undefined
  opsetImport: OnnxOpset[]
}
type OnnxOpset = Rest & { domain: string; version: number | undefined }

export type OnnxGraph = Rest & {
  node: OnnxNode[]
  name: string
  initializer: OnnxTensor[]
  input: OnnxValueInfo[]
  output: OnnxValueInfo[]
  /** Types of values between nodes; ONNX Runtime infers them itself. */
  valueInfo: OnnxValueInfo[]
}

export type OnnxNode = Rest & {
  /** An omitted optional input is ''. */
  input: string[]
  output: string[]
  name: string
  opType: string
  /** '' is ONNX itself. */
  domain: string
  attribute: OnnxAttribute[]
}

export type OnnxAttribute = Rest & {
  name: string
  /** See `attributeType`. */
  type: number | undefined
  f: number | undefined
  i: bigint | undefined
  s: Uint8Array | undefined
  t: OnnxTensor | undefined
  g: OnnxGraph | undefined
  floats: number[]
  ints: bigint[]
}

/** The numbers lie in one of `rawData`, `floatData`, `int32Data`, `int64Data`, or in a file. */
export type OnnxTensor = Rest & {
  dims: number[]
  /** See `tensorType`. */
  dataType: number | undefined
  name: string
  /** Little-endian, fixed width; 4-bit values two a byte, the first in the low half. */
  rawData: Uint8Array | undefined
  /** float32, little-endian. */
  floatData: Uint8Array | undefined
  /** Also of narrower integers, float16 as its 16 bits, bool. */
  int32Data: number[]
  int64Data: bigint[]
  /** `location`, `offset`, `length` of bytes in a file beside the graph. */
  externalData: OnnxEntry[]
  /** 1: in a file. */
  dataLocation: number | undefined
}
type OnnxEntry = Rest & { key: string; value: string }

export type OnnxValueInfo = Rest & { name: string; type: OnnxType | undefined }
/** Of a tensor; other types lie in `rest`. */
type OnnxType = Rest & { tensor: OnnxTensorType | undefined }
type OnnxTensorType = Rest & { elemType: number | undefined; shape: OnnxShape | undefined }
type OnnxShape = Rest & { dim: OnnxDimension[] }
/** A length, or the name of one, or neither when it is unknown. */
type OnnxDimension = Rest & { value: number | undefined; parameter: string }

export const attributeType = {
  float: 1,
  int: 2,
  string: 3,
  tensor: 4,
  graph: 5,
  floats: 6,
  ints: 7,
}
export const tensorType = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  uint4: 21,
  int4: 22,
} as const

const entry = message<OnnxEntry>(() => ({ key: [1, string], value: [2, string] }))
const dimension = message<OnnxDimension>(() => ({
  value: [1, optionalNumber],
  parameter: [2, string],
}))
const shape = message<OnnxShape>(() => ({ dim: [1, messages(dimension)] }))
const tensorTypeMessage = message<OnnxTensorType>(() => ({
  elemType: [1, optionalNumber],
  shape: [2, optionalMessage(shape)],
}))
const type = message<OnnxType>(() => ({ tensor: [1, optionalMessage(tensorTypeMessage)] }))
const valueInfo = message<OnnxValueInfo>(() => ({
  name: [1, string],
  type: [2, optionalMessage(type)],
}))
const tensor = message<OnnxTensor>(() => ({
  dims: [1, numbers],
  dataType: [2, optionalNumber],
  floatData: [4, optionalBytes],
  int32Data: [5, packedNumbers],
  int64Data: [7, packedInt64s],
  name: [8, string],
  rawData: [9, optionalBytes],
  externalData: [13, messages(entry)],
  dataLocation: [14, optionalNumber],
}))
const attribute: Message<OnnxAttribute> = message<OnnxAttribute>(() => ({
  name: [1, string],
  f: [2, optionalFloat],
  i: [3, optionalInt64],
  s: [4, optionalBytes],
  t: [5, optionalMessage(tensor)],
  g: [6, optionalMessage(graph)],
  floats: [7, floats],
  ints: [8, int64s],
  type: [20, optionalNumber],
}))
const node: Message<OnnxNode> = message<OnnxNode>(() => ({
  input: [1, strings],
  output: [2, strings],
  name: [3, string],
  opType: [4, string],
  attribute: [5, messages(attribute)],
  domain: [7, string],
}))
const graph: Message<OnnxGraph> = message<OnnxGraph>(() => ({
  node: [1, messages(node)],
  name: [2, string],
  initializer: [5, messages(tensor)],
  input: [11, messages(valueInfo)],
  output: [12, messages(valueInfo)],
  valueInfo: [13, messages(valueInfo)],
}))
const opset = message<OnnxOpset>(() => ({ domain: [1, string], version: [2, optionalNumber] }))
const model = message<OnnxModel>(() => ({
  irVersion: [1, optionalNumber],
  producerName: [2, string],
  graph: [7, optionalMessage(graph)],
  opsetImport: [8, messages(opset)],
}))

/** Empty messages, to build graphs from. */
export const empty = {
  model: model.empty,
  opset: opset.empty,
  graph: graph.empty,
  node: node.empty,
  attribute: attribute.empty,
  tensor: tensor.empty,
  entry: entry.empty,
  valueInfo: valueInfo.empty,
  type: type.empty,
  tensorType: tensorTypeMessage.empty,
  shape: shape.empty,
  dimension: dimension.empty,
}

/** A decoded model that has a graph. */
export type OnnxModelWithGraph = OnnxModel & { graph: OnnxGraph }

/**
 * Weights in it are views into `bytes`; they change together.
 * @throws WeftError `engine/bad-graph` when the bytes are cut short or are no ONNX model
 */
export function decodeModel(bytes: Uint8Array): OnnxModelWithGraph {
  try {
    const decoded = model.read(new PbfReader(bytes), bytes.length)
    if (!decoded.graph) throw new Error('It holds no graph.')
    return { ...decoded, graph: decoded.graph }
  } catch (cause) {
    const facts = [cause instanceof Error ? cause.message : String(cause), `Bytes: ${bytes.length}`]
    throw new WeftError(
      'engine/bad-graph',
      'The model file is damaged or is not an ONNX model. Download it again.',
      { facts, cause },
    )
  }
}

/** The inverse of `decodeModel`; fields come in the order of their table, as protobuf allows. */
export function encodeModel(value: OnnxModel): Uint8Array {
  const weights = value.graph?.initializer ?? []
  const weightBytes = weights.reduce(
    (sum, { rawData, floatData }) => sum + (rawData?.length ?? 0) + (floatData?.length ?? 0),
    0,
  )
  const node = 512 // more than most nodes take; the buffer doubles when it is too small
  const expectedBytes = weightBytes + node * (weights.length + (value.graph?.node.length ?? 0) + 64)
  return writeMessage(model, { value, expectedBytes })
}
