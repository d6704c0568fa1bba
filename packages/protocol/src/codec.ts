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

/** Binary of an exact length. */
export const bytesSchema = (length: number) =>
  z.custom<Uint8Array>((value) => value instanceof Uint8Array && value.length === length, {
    error: `expected ${length} bytes`,
  })

/** Binary of at most so many bytes. */
export const boundedBytesSchema = (maxLength: number) =>
  z.custom<Uint8Array>((value) => value instanceof Uint8Array && value.length <= maxLength, {
    error: `expected at most ${maxLength} bytes`,
  })

/** Token units (wei): a bigint in memory, a decimal string on the wire, in [0, 2^256). */
const uint256Schema = z
  .bigint()
  .min(0n)
  .max(2n ** 256n - 1n)
export const weiSchema = z.codec(z.string().regex(/^(0|[1-9]\d{0,77})$/), uint256Schema, {
  decode: (text) => BigInt(text),
  encode: (value) => value.toString(10),
})

const maxFactChars = 200

/** Milliseconds since the Unix epoch. */
export const timestampMsSchema = z.int().min(0).max(8.64e15)

/** A CIDv1 in base32, as text. */
export const cidSchema = z.string().regex(/^b[a-z2-7]{20,128}$/, { error: 'expected a CIDv1' })

/** The PeerId of a secp256k1 key: base58btc of an identity multihash. */
export const peerIdSchema = z
  .string()
  .regex(/^16Uiu2[1-9A-HJ-NP-Za-km-z]{47}$/, { error: 'expected a secp256k1 PeerId' })

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

/** Validates plain data in wire form (JSON, a worker message). @throws MalformedError */
export function parse<Schema extends z.ZodType>(
  subject: string,
  schema: Schema,
  wire: unknown,
): z.output<Schema> {
  const result = schema.safeParse(wire)
  if (!result.success) throw malformed(subject, result.error)
  return result.data
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

function malformed(subject: string, error: z.ZodError): MalformedError {
  const facts = error.issues
    .slice(0, 5)
    .map((issue) => cut(`${issue.path.join('.') || subject}: ${issue.message}`))
  return new MalformedError({ subject, facts, cause: error })
}

function describe(cause: unknown): string {
  return cut(cause instanceof Error ? cause.message : String(cause))
}

/** A stranger's text is quoted in part. */
function cut(text: string): string {
  return text.length > maxFactChars ? `${text.slice(0, maxFactChars - 1)}…` : text
}
