/**
 * Messages of `/weft/blob/1`, by which tabs give each other models: what there is, chunks by hash, proofs
 * of holding one. Each request gets exactly one answer. A manifest or a chunk follows its answer as raw
 * bytes in the same frame, so that no codec walks over a megabyte.
 * @module
 */
import { z } from 'zod'
import { concatBytes } from './bytes.ts'
import { MalformedError } from './errors.ts'
import { decodeWithBody, encodeWithBody } from './head-and-body.ts'
import { limits } from './limits.ts'
import { chunkBytes } from './manifest.ts'
import { boundedBytesSchema, bytesSchema, cidSchema } from './values.ts'

const requestIdSchema = z.int().min(0).max(0xffff_ffff)
const hashSchema = bytesSchema(32)

export const blobRequestSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('manifest'), requestId: requestIdSchema, modelCid: cidSchema }),
  z.strictObject({ type: z.literal('holdings'), requestId: requestIdSchema, modelCid: cidSchema }),
  /** `hash`: SHA-256 of the chunk. */
  z.strictObject({ type: z.literal('chunk'), requestId: requestIdSchema, hash: hashSchema }),
  z.strictObject({
    type: z.literal('challenge'),
    requestId: requestIdSchema,
    hash: hashSchema,
    /** Fresh, so that nobody can answer without the bytes. */
    nonce: bytesSchema(32),
  }),
  /** The answer to `requestId` is no longer wanted; it comes nevertheless, as a refusal if in time. */
  z.strictObject({ type: z.literal('cancel'), requestId: requestIdSchema }),
])
export type BlobRequest = z.output<typeof blobRequestSchema>

/** `not-held`: this tab does not give that. `busy`: ask again later. `cancelled`: as was asked. */
export const refusalReasonSchema = z.enum(['busy', 'not-held', 'cancelled'])
export type RefusalReason = z.output<typeof refusalReasonSchema>

const responseHeadSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('manifest'), requestId: requestIdSchema }),
  z.strictObject({
    type: z.literal('holdings'),
    requestId: requestIdSchema,
    /** One bit for each chunk of the manifest, in its order, the lowest bit of a byte first. */
    bits: boundedBytesSchema(limits.maxHoldingsBytes),
  }),
  z.strictObject({ type: z.literal('chunk'), requestId: requestIdSchema }),
  z.strictObject({
    type: z.literal('proof'),
    requestId: requestIdSchema,
    /** SHA-256(nonce || bytes of the chunk). */
    digest: hashSchema,
  }),
  z.strictObject({
    type: z.literal('refusal'),
    requestId: requestIdSchema,
    reason: refusalReasonSchema,
    /** When a place is likely to be free; 0 where asking again gains nothing. */
    retryAfterMs: z.int().min(0).max(600_000),
  }),
])
type ResponseHead = z.output<typeof responseHeadSchema>

export { responseHeadSchema as blobResponseHeadSchema }

/** `body` of a manifest: its canonical bytes. Of a chunk: its bytes. Of all others: empty. */
export type BlobResponse = ResponseHead & { body: Uint8Array }

const maxBodyBytes: Record<ResponseHead['type'], number> = {
  manifest: limits.maxManifestBytes,
  chunk: chunkBytes,
  holdings: 0,
  proof: 0,
  refusal: 0,
}

const subject = 'answer of a storing tab'

export function encodeBlobResponse({ body, ...head }: BlobResponse): Uint8Array {
  return encodeWithBody(subject, responseHeadSchema, { head: head as ResponseHead, body })
}

/** The body is a view of `bytes`. @throws MalformedError, TooLargeError */
export function decodeBlobResponse(bytes: Uint8Array): BlobResponse {
  const { head, body } = decodeWithBody(subject, responseHeadSchema, bytes)
  if (body.length > maxBodyBytes[head.type]) {
    const facts = [`A ${head.type} with ${body.length} bytes behind it.`]
    throw new MalformedError({ subject, facts })
  }
  return { ...head, body }
}

/** What only a holder of the chunk can say to a fresh nonce. @returns SHA-256(nonce || bytes) */
export async function chunkProof(nonce: Uint8Array, bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', concatBytes(nonce, bytes).buffer))
}

/** What a peer makes of the wish for a chunk, nothing of it checked. */
export type ChunkAnswer =
  | { type: 'chunk'; bytes: Uint8Array }
  | { type: 'busy'; retryAfterMs: number }
  | { type: 'not-held' }
