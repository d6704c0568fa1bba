/**
 * The GGUF container, version 3: metadata, then tensors, each aligned to 32 bytes.
 * @see https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
 * @module
 */
import type { GgufDtype } from './quantise.ts'

export type GgufValue =
  | { type: 'uint32' | 'float32'; value: number }
  | { type: 'bool'; value: boolean }
  | { type: 'string'; value: string }
  | { type: 'strings'; value: readonly string[] }
  | { type: 'int32s'; value: readonly number[] }

export type GgufTensor = {
  name: string
  /** Outermost first, as PyTorch has them; the file lists them the other way round. */
  dims: readonly number[]
  dtype: GgufDtype
  data: Uint8Array
}

export type Gguf = { metadata: ReadonlyMap<string, GgufValue>; tensors: readonly GgufTensor[] }

const alignment = 32
const typeIds = { uint32: 4, int32: 5, float32: 6, bool: 7, string: 8, array: 9 }
const dtypeIds: Record<GgufDtype, number> = { F32: 0, Q4_0: 2, Q8_0: 8 }

/** @returns the file in parts, in order */
export function writeGguf({ metadata, tensors }: Gguf): Uint8Array[] {
  const header = createByteWriter()
  header.text('GGUF')
  header.uint32(3)
  header.uint64(tensors.length)
  header.uint64(metadata.size)
  for (const [key, value] of metadata) {
    header.string(key)
    writeValue(header, value)
  }
  let offset = 0
  for (const { name, dims, dtype, data } of tensors) {
    header.string(name)
    header.uint32(dims.length)
    for (const dim of dims.toReversed()) header.uint64(dim)
    header.uint32(dtypeIds[dtype])
    header.uint64(offset)
    offset += data.length + padding(data.length)
  }
  const head = header.bytes()
  const parts = [head, ...tensors.map(({ data }) => data)]
  return parts.flatMap((part) => [part, new Uint8Array(padding(part.length))])
}

function padding(length: number): number {
  return (alignment - (length % alignment)) % alignment
}

function writeValue(to: ByteWriter, { type, value }: GgufValue): void {
  if (type === 'strings' || type === 'int32s') {
    to.uint32(typeIds.array)
    to.uint32(type === 'strings' ? typeIds.string : typeIds.int32)
    to.uint64(value.length)
    for (const element of value) writeElement(to, element)
    return
  }
  to.uint32(typeIds[type])
  if (type === 'float32') to.float32(value)
  else if (type === 'bool') to.uint8(value ? 1 : 0)
  else writeElement(to, value)
}

/** A string or an integer of 32 bits. */
function writeElement(to: ByteWriter, value: string | number): void {
  if (typeof value === 'string') to.string(value)
  else to.uint32(value >>> 0)
}

type ByteWriter = ReturnType<typeof createByteWriter>

/** Little-endian, growing. */
function createByteWriter() {
  let buffer = new Uint8Array(64 * 1024)
  let length = 0
  const reserve = (count: number): DataView => {
    if (length + count > buffer.length) {
      const larger = new Uint8Array(2 * (length + count))
      larger.set(buffer)
      buffer = larger
    }
    const view = new DataView(buffer.buffer, length, count)
    length += count
    return view
  }
  const encoder = new TextEncoder()
  const raw = (bytes: Uint8Array): void => {
    reserve(bytes.length)
    buffer.set(bytes, length - bytes.length)
  }
  const uint64 = (value: number): void => reserve(8).setBigUint64(0, BigInt(value), true)
  return {
    uint8: (value: number): void => reserve(1).setUint8(0, value),
    uint32: (value: number): void => reserve(4).setUint32(0, value, true),
    float32: (value: number): void => reserve(4).setFloat32(0, value, true),
    uint64,
    text: (value: string): void => raw(encoder.encode(value)),
    string: (value: string): void => {
      const bytes = encoder.encode(value)
      uint64(bytes.length)
      raw(bytes)
    },
    bytes: (): Uint8Array => buffer.slice(0, length),
  }
}
