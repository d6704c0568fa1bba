/**
 * A message with raw bytes behind it in one frame, so that no codec walks over a megabyte.
 * @module
 */
import type { z } from 'zod'
import { decode, encode } from './codec.ts'
import { MalformedError } from './errors.ts'
import { limits } from './limits.ts'

/** The head's length, unsigned, big-endian: heads are below 64 KiB. */
const lengthBytes = 2

/** @returns length of the head in 2 bytes, head, body @throws MalformedError, TooLargeError */
export function encodeWithBody<Schema extends z.ZodType>(
  subject: string,
  schema: Schema,
  { head, body }: { head: z.output<Schema>; body: Uint8Array },
  maxHeadBytes: number = limits.maxHeadBytes,
): Uint8Array {
  const headBytes = encode(subject, schema, head, maxHeadBytes)
  const bytes = new Uint8Array(lengthBytes + headBytes.length + body.length)
  new DataView(bytes.buffer).setUint16(0, headBytes.length)
  bytes.set(headBytes, lengthBytes)
  bytes.set(body, lengthBytes + headBytes.length)
  return bytes
}

/** The body is a view of `bytes`, of any length. @throws MalformedError, TooLargeError */
export function decodeWithBody<Schema extends z.ZodType>(
  subject: string,
  schema: Schema,
  bytes: Uint8Array,
  maxHeadBytes: number = limits.maxHeadBytes,
): { head: z.output<Schema>; body: Uint8Array } {
  const broken = (fact: string) => new MalformedError({ subject, facts: [fact] })
  if (bytes.length < lengthBytes) throw broken('It has no head.')
  const headLength = new DataView(bytes.buffer, bytes.byteOffset).getUint16(0)
  const bodyAt = lengthBytes + headLength
  if (bytes.length < bodyAt) throw broken('Its head is cut off.')
  const headBytes = bytes.subarray(lengthBytes, bodyAt)
  return {
    head: decode(subject, schema, headBytes, maxHeadBytes),
    body: bytes.subarray(bodyAt),
  }
}
