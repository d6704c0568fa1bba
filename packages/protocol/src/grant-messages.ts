/**
 * Messages of a gateway's `POST /v1/grants`, canonical CBOR both ways (`application/cbor`): an app that pays for its
 * visitors lets a visitor's tab spend a little. The first request brings no proof and is told what to do, the
 * second one brings it.
 *
 *   visitor ── app, key ──────────────► gateway
 *           ◄─ task: work, captcha? ───
 *           ── proof, signed by key ──►
 *           ◄─ grant: funds ───────────          purse.fund(fundingOf(grant))
 * @module
 */
import { z } from 'zod'
import { hashValue } from './codec.ts'
import { wireErrorSchema } from './infer-messages.ts'
import { checkHash, type PrivateKey, signatureSchema, signHash } from './signature.ts'
import { bytesSchema, peerIdSchema, timestampMsSchema } from './values.ts'
import { fundsSchema, grantSchema } from './voucher.ts'
import { workChallengeSchema } from './work.ts'

/** The name under which a gateway knows who pays. */
export const appSchema = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, { error: 'expected an app' })

/** As `URL.origin` says it. */
const originSchema = z.string().regex(/^https?:\/\/[^/\s]{1,255}$/, { error: 'expected an origin' })

/** What a visitor has done for its grant. */
const grantProofSchema = z.strictObject({
  /** Of the task, and so is the next one. */
  challenge: bytesSchema(16),
  expiresAtMs: timestampMsSchema,
  /** By `findWork`. */
  work: z.int().min(0),
  /** What the captcha gave; null where the task asks for none. */
  captcha: z.string().min(1).max(8_192).nullable(),
  /** By the tab's key, over app, page and challenge. */
  signature: signatureSchema,
})

export const grantRequestSchema = z.strictObject({
  app: appSchema,
  /** Of the tab that shall spend. */
  peerId: peerIdSchema,
  /** Of the page that the visitor sees; a frame inside it says which one that is. */
  pageOrigin: originSchema,
  /** Null to be told what to do. */
  proof: grantProofSchema.nullable(),
})
export type GrantRequest = z.output<typeof grantRequestSchema>

const grantTaskSchema = z.strictObject({
  type: z.literal('task'),
  /** Of this visitor, for one grant. */
  work: workChallengeSchema,
  expiresAtMs: timestampMsSchema,
  /** The public key of the captcha to show; null where there is none. */
  captchaSiteKey: z.string().min(1).max(256).nullable(),
})
export type GrantTask = z.output<typeof grantTaskSchema>

export const grantResponseSchema = z.discriminatedUnion('type', [
  grantTaskSchema,
  z.strictObject({
    type: z.literal('grant'),
    /** `grant.capWei` is what the key may spend under it in all, earlier grants included. */
    funds: fundsSchema.extend({ grant: grantSchema }),
  }),
  z.strictObject({
    type: z.literal('refusal'),
    error: wireErrorSchema,
    /** When asking again may help; 0 where it does not. */
    retryAfterMs: z.int().min(0).max(86_400_000),
  }),
])
export type GrantResponse = z.output<typeof grantResponseSchema>

const signedSchema = grantRequestSchema.omit({ proof: true }).extend({ challenge: bytesSchema(16) })
const domain = 'weft/grant-request/1'

/** @returns the second request, from the first one and what was done for it */
export function proveVisitor(
  request: Omit<GrantRequest, 'proof'>,
  { work: { challenge }, expiresAtMs }: Pick<GrantTask, 'work' | 'expiresAtMs'>,
  { work, captcha, privateKey }: { work: number; captcha: string | null; privateKey: PrivateKey },
): GrantRequest {
  const signature = signHash(requestHash(request, challenge), privateKey)
  return { ...request, proof: { challenge, expiresAtMs, work, captcha, signature } }
}

/** @throws SignatureError unless the key of the tab has signed */
export function checkVisitor(
  request: GrantRequest & { proof: NonNullable<GrantRequest['proof']> },
): void {
  const { peerId, proof } = request
  checkHash(domain, requestHash(request, proof.challenge), { peerId, signature: proof.signature })
}

function requestHash(
  { app, peerId, pageOrigin }: Omit<GrantRequest, 'proof'>,
  challenge: Uint8Array,
): Uint8Array {
  return hashValue(domain, signedSchema, { app, peerId, pageOrigin, challenge })
}
