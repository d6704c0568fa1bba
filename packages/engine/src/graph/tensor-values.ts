/**
 * The numbers of a weight, wherever they lie.
 * @module
 */
import { WeftError } from '@weft/protocol'
import { float32OfHalves } from './float16.ts'
import { type OnnxTensor, tensorType } from './onnx.ts'

/** Files beside the graph, by their path seen from it. */
export type ExternalData = readonly { path: string; data: Uint8Array }[]

/** Of one element, for types whose elements fill bytes. */
const widths: Record<number, number> = {
  [tensorType.float32]: 4,
  [tensorType.float16]: 2,
  [tensorType.uint8]: 1,
  [tensorType.int8]: 1,
}

/**
 * Little-endian bytes; a view where it can be.
 * @throws WeftError `engine/bad-graph` when the file beside the graph is missing or too short, or
 *   the bytes are not as many as the dims say
 */
export function tensorBytes(tensor: OnnxTensor, externalData: ExternalData): Uint8Array {
  const bytes = storedBytes(tensor, externalData)
  const width = widths[tensor.dataType ?? 0]
  const expected = tensor.dims.reduce((product, length) => product * length, width ?? 0)
  if (width !== undefined && bytes.length !== expected) {
    throw badWeight(tensor, `Expected: ${expected} bytes, found: ${bytes.length}`)
  }
  return bytes
}

function storedBytes(tensor: OnnxTensor, externalData: ExternalData): Uint8Array {
  const { rawData, floatData, int32Data, dataType, dataLocation } = tensor
  if (dataLocation === 1) return externalBytes(tensor, externalData)
  const inline = rawData ?? floatData
  if (inline) return inline
  if (dataType === tensorType.float16) return new Uint8Array(Uint16Array.from(int32Data).buffer)
  return Uint8Array.from(int32Data)
}

function externalBytes(tensor: OnnxTensor, externalData: ExternalData): Uint8Array {
  const entries = new Map(tensor.externalData.map(({ key, value }) => [key, value]))
  const location = entries.get('location')?.replace(/^\.\//, '')
  const file = externalData.find(({ path }) => path === location)
  if (!file) throw badWeight(tensor, `Missing file: ${location}`)
  const start = Number(entries.get('offset') ?? 0)
  const end = start + Number(entries.get('length') ?? file.data.length - start)
  if (!(start >= 0 && end <= file.data.length)) {
    throw badWeight(tensor, `${location} has ${file.data.length} bytes, needed: ${end}`)
  }
  return file.data.subarray(start, end)
}

/** Of a float32 or float16 tensor. @throws WeftError `engine/bad-graph` for another type */
export function floatValues(tensor: OnnxTensor, externalData: ExternalData): Float32Array {
  const bytes = tensorBytes(tensor, externalData)
  if (tensor.dataType === tensorType.float32) return new Float32Array(aligned(bytes, 4))
  if (tensor.dataType === tensorType.float16) {
    return float32OfHalves(new Uint16Array(aligned(bytes, 2)))
  }
  throw badWeight(tensor, `Type: ${tensor.dataType}, expected a float`)
}

/** A buffer of these bytes alone: typed arrays want their own alignment. */
function aligned(bytes: Uint8Array, width: number): ArrayBuffer {
  const whole = bytes.slice(0, bytes.length - (bytes.length % width))
  return whole.buffer as ArrayBuffer
}

export function badWeight({ name }: OnnxTensor, fact: string): WeftError {
  return new WeftError(
    'engine/bad-graph',
    'A weight of the model is damaged or missing. Download the model again.',
    { facts: [`Weight: ${name}`, fact] },
  )
}
