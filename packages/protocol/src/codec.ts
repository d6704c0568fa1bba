/**
 * The one codec: zod schema and canonical CBOR (DAG-CBOR, https://ipld.io/specs/codecs/dag-cbor/spec/).
 * Every value has exactly one encoding, so its bytes can be hashed and signed.
 * @module
 */
import * as dagCbor from '@ipld/dag-cbor'
import { z } from 'zod'
import { bytesEqual, concatBytes, sha256, utf8ToBytes } from './bytes.ts'
import { MalformedError, TooLargeError } from './errors.ts'
import { limits } from './limits.ts'
import { cut, malformed, parse } from './parse.ts'

/**
 * @returns the canonical bytes of `value`
 * @throws MalformedError when `value` does not fit `schema`
 * @throws TooLargeError over `maxBytes`
 */
export function encode<Schema extends z.ZodType>(
  subject: string,
  schema: Schema,
  value: z.output<Schema>,
  maxBytes: number = limits.maxFrameBytes,
): Uint8Array {
  const wire = z.safeEncode(schema, value)
  if (!wire.success) throw malformed(subject, wire.error)
  const bytes = dagCbor.encode(wire.data)
  if (bytes.length > maxBytes) {
    throw new TooLargeError({ subject, limit: maxBytes, actual: bytes.length, unit: 'bytes' })
  }
  return bytes
}

/**
 * Accepts only the one canonical encoding of a value that fits `schema`.
 * @throws MalformedError on anything else
 * @throws TooLargeError over `maxBytes`, before anything is parsed
 */
export function decode<Schema extends z.ZodType>(
  subject: string,
  schema: Schema,
  bytes: Uint8Array,
  maxBytes: number = limits.maxFrameBytes,
): z.output<Schema> {
  if (bytes.length > maxBytes) {
    throw new TooLargeError({ subject, limit: maxBytes, actual: bytes.length, unit: 'bytes' })
  }
  let wire: unknown
  let canonical: Uint8Array
  try {
    wire = dagCbor.decode(bytes)
    canonical = dagCbor.encode(wire)
  } catch (cause) {
    throw new MalformedError({ subject, facts: [describe(cause)], cause })
  }
  if (!bytesEqual(canonical, bytes)) {
    throw new MalformedError({ subject, facts: ['The bytes are not in canonical form.'] })
  }
  return parse(subject, schema, wire)
}

/** SHA-256 of the canonical bytes under a domain, so that no two kinds of value share a hash. */
export function hashValue<Schema extends z.ZodType>(
  domain: string,
  schema: Schema,
  value: z.output<Schema>,
): Uint8Array {
  return sha256(bytesToHash(domain, schema, value))
}

/** @returns the domain, a zero byte and the canonical bytes */
export function bytesToHash<Schema extends z.ZodType>(
  domain: string,
  schema: Schema,
  value: z.output<Schema>,
): Uint8Array {
  return concatBytes(utf8ToBytes(`${domain}\0`), encode(domain, schema, value))
}

function describe(cause: unknown): string {
  return cut(cause instanceof Error ? cause.message : String(cause))
}
