/**
 * Protocol Buffers messages as tables of fields, on `pbf`. A table names the fields that Weft reads
 * or changes; every other field stays as the bytes it came in and is written back, so that nothing
 * a later ONNX adds is lost. Byte fields are views into the source, never copies. Unlike `pbf` alone
 * it refuses lengths that leave their message and keeps all 64 bits of an int64.
 * Source: https://protobuf.dev/programming-guides/encoding
 * @module
 */
import { type PbfReader, PbfWriter } from 'pbf'

/** Beside its named fields a message holds the others: each whole, its tag included, in order. */
export type Rest = { rest: Uint8Array[] }

type Field<T> = {
  /** Value of a field that is absent, made anew for each message. */
  empty(): T
  wireTypes: readonly number[]
  /** @param end where the message ends that the field is in */
  read(pbf: PbfReader, end: number, previous: T): T
  write(pbf: PbfWriter, tag: number, value: T): void
}

export type Fields<T extends Rest> = {
  [K in Exclude<keyof T, 'rest'>]-?: readonly [tag: number, field: Field<T[K]>]
}

export type Message<T extends Rest> = {
  empty(): T
  /** @throws Error that says at which byte it is no such message */
  read(pbf: PbfReader, end: number): T
  write(value: T, pbf: PbfWriter): void
}

const varint = 0
const lengthPrefixed = 2
const fixed32 = 5

/** `table` is called at first use, so that messages may hold each other. */
export function message<T extends Rest>(table: () => Fields<T>): Message<T> {
  type Entry = { key: string; tag: number; field: Field<unknown> }
  let cached: { entries: Entry[]; byTag: Map<number, Entry> } | undefined
  const fields = () => {
    if (cached) return cached
    const entries = Object.entries<readonly [number, unknown]>(table()).map(
      ([key, [tag, field]]): Entry => ({ key, tag, field: field as Field<unknown> }),
    )
    cached = { entries, byTag: new Map(entries.map((entry) => [entry.tag, entry])) }
    return cached
  }
  const empty = () => {
    const value: Record<string, unknown> = { rest: [] }
    for (const { key, field } of fields().entries) value[key] = field.empty()
    return value as T
  }
  return {
    empty,
    read(pbf, end) {
      const value = empty() as Record<string, unknown> & Rest
      while (pbf.pos < end) {
        const start = pbf.pos
        const head = pbf.readVarint()
        const type = head & 7
        const entry = fields().byTag.get(head >>> 3)
        if (entry?.field.wireTypes.includes(type)) {
          pbf.type = type
          value[entry.key] = entry.field.read(pbf, end, value[entry.key])
        } else {
          if (entry || head < 8) throw new Error(`Byte ${start} begins no field of this message.`)
          pbf.skip(type)
          value.rest.push(pbf.buf.subarray(start, pbf.pos))
        }
        if (!(pbf.pos <= end))
          throw new Error(`The field at byte ${start} ends behind its message.`)
      }
      return value as unknown as T
    },
    write(value, pbf) {
      const values = value as Record<string, unknown> & Rest
      for (const { key, tag, field } of fields().entries) field.write(pbf, tag, values[key])
      for (const bytes of value.rest) writeRaw(pbf, bytes)
    },
  }
}

/** Bytes of a length-prefixed field, a view. */
function readBytes(pbf: PbfReader, end: number): Uint8Array {
  const start = pbf.pos
  const length = pbf.readVarint()
  if (!(pbf.pos + length <= end))
    throw new Error(`The field at byte ${start} ends behind its message.`)
  pbf.pos += length
  return pbf.buf.subarray(pbf.pos - length, pbf.pos)
}

function writeRaw(pbf: PbfWriter, bytes: Uint8Array): void {
  pbf.realloc(bytes.length)
  pbf.buf.set(bytes, pbf.pos)
  pbf.pos += bytes.length
}

/** `pbf` reads int64 as a double: exact to 2^53 only, and ONNX is full of 2^63 - 1. */
function readInt64(pbf: PbfReader): bigint {
  let value = 0n
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = pbf.buf[pbf.pos++]
    if (byte === undefined) break
    value |= BigInt(byte & 0x7f) << shift
    if (byte < 0x80) return BigInt.asIntN(64, value)
  }
  throw new Error(`The number before byte ${pbf.pos} has no end.`)
}

function writeInt64(pbf: PbfWriter, value: bigint): void {
  pbf.realloc(10)
  let left = BigInt.asUintN(64, value)
  for (; left > 0x7fn; left >>= 7n) pbf.buf[pbf.pos++] = Number(left & 0x7fn) | 0x80
  pbf.buf[pbf.pos++] = Number(left)
}

type Scalar<T> = {
  wireType: number
  read(pbf: PbfReader): T
  write(pbf: PbfWriter, value: T): void
}

const int64Scalar: Scalar<bigint> = { wireType: varint, read: readInt64, write: writeInt64 }
const numberScalar: Scalar<number> = {
  wireType: varint,
  read: (pbf) => Number(readInt64(pbf)),
  write: (pbf, value) => writeInt64(pbf, BigInt(value)),
}
const floatScalar: Scalar<number> = {
  wireType: fixed32,
  read: (pbf) => pbf.readFloat(),
  write: (pbf, value) => pbf.writeFloat(value),
}

function optional<T>({ wireType, read, write }: Scalar<T>): Field<T | undefined> {
  return {
    empty: () => undefined,
    wireTypes: [wireType],
    read: (pbf) => read(pbf),
    write(pbf, tag, value) {
      if (value === undefined) return
      pbf.writeTag(tag, wireType)
      write(pbf, value)
    },
  }
}

function repeated<T>(scalar: Scalar<T>, { packed }: { packed: boolean }): Field<T[]> {
  const { wireType, read, write } = scalar
  return {
    empty: () => [],
    wireTypes: [wireType, lengthPrefixed],
    read(pbf, end, previous) {
      if (pbf.type === wireType) previous.push(read(pbf))
      else {
        const bytes = readBytes(pbf, end)
        const after = pbf.pos
        for (pbf.pos = after - bytes.length; pbf.pos < after; ) previous.push(read(pbf))
        if (pbf.pos !== after) throw new Error(`The list before byte ${after} is cut short.`)
      }
      return previous
    },
    write(pbf, tag, values) {
      const writeAll = () => {
        for (const value of values) write(pbf, value)
      }
      if (packed && values.length > 0) pbf.writeMessage(tag, writeAll, values)
      if (packed) return
      for (const value of values) {
        pbf.writeTag(tag, wireType)
        write(pbf, value)
      }
    },
  }
}

const prefixed = { wireTypes: [lengthPrefixed] as const }
const decoder = new TextDecoder('utf-8', { fatal: true })

export const optionalInt64 = optional(int64Scalar)
/** Of an int64 or enum that counts something, so that a double holds it. */
export const optionalNumber = optional(numberScalar)
export const optionalFloat = optional(floatScalar)
export const int64s = repeated(int64Scalar, { packed: false })
export const packedInt64s = repeated(int64Scalar, { packed: true })
export const numbers = repeated(numberScalar, { packed: false })
export const packedNumbers = repeated(numberScalar, { packed: true })
export const floats = repeated(floatScalar, { packed: false })

/** An absent string is the empty one. */
export const string: Field<string> = {
  ...prefixed,
  empty: () => '',
  read: (pbf, end) => decoder.decode(readBytes(pbf, end)),
  write(pbf, tag, value) {
    if (value !== '') pbf.writeStringField(tag, value)
  },
}

export const strings: Field<string[]> = {
  ...prefixed,
  empty: () => [],
  read(pbf, end, previous) {
    previous.push(decoder.decode(readBytes(pbf, end)))
    return previous
  },
  write(pbf, tag, values) {
    for (const value of values) pbf.writeStringField(tag, value)
  },
}

/** Also packed fixed-width numbers, little-endian, which is how weights in `float_data` lie. */
export const optionalBytes: Field<Uint8Array | undefined> = {
  ...prefixed,
  empty: () => undefined,
  read: (pbf, end) => readBytes(pbf, end),
  write(pbf, tag, value) {
    if (value) pbf.writeBytesField(tag, value)
  },
}

function readMessage<T extends Rest>(
  of: Message<T>,
  { pbf, end }: { pbf: PbfReader; end: number },
): T {
  const length = readBytes(pbf, end).length
  pbf.pos -= length
  return of.read(pbf, pbf.pos + length)
}

export function optionalMessage<T extends Rest>(of: Message<T>): Field<T | undefined> {
  return {
    ...prefixed,
    empty: () => undefined,
    read: (pbf, end) => readMessage(of, { pbf, end }),
    write(pbf, tag, value) {
      if (value) pbf.writeMessage(tag, of.write, value)
    },
  }
}

export function messages<T extends Rest>(of: Message<T>): Field<T[]> {
  return {
    ...prefixed,
    empty: () => [],
    read(pbf, end, previous) {
      previous.push(readMessage(of, { pbf, end }))
      return previous
    },
    write(pbf, tag, values) {
      for (const value of values) pbf.writeMessage(tag, of.write, value)
    },
  }
}

/** @param expectedBytes about what it will come to, so that the buffer is made once */
export function writeMessage<T extends Rest>(
  of: Message<T>,
  { value, expectedBytes }: { value: T; expectedBytes: number },
): Uint8Array {
  const pbf = new PbfWriter(new Uint8Array(expectedBytes))
  of.write(value, pbf)
  return pbf.finish()
}
