/**
 * Messages of `/weft/audit/1`: one answer, whole, to a tab that checks it; one verdict back. The verifier sees the
 * conversation, as the node did.
 * @module
 */
import { z } from 'zod'
import { fingerprintsSchema } from './fingerprint.ts'
import { wireErrorSchema } from './infer-messages.ts'
import { jobSchema } from './job.ts'
import { limits } from './limits.ts'
import { receiptSchema } from './receipt.ts'
import { bytesSchema } from './values.ts'
import { courtSchema, findingSchema, verdictSchema } from './verdict.ts'

export const auditRequestSchema = z.strictObject({
  job: jobSchema,
  nonce: bytesSchema(32),
  /** Of the answer, from token 0 to the last one that the receipt is about. */
  tokens: z.array(z.int().min(0).max(0xffff_ffff)).min(1).max(limits.maxOutputTokens),
  /** Of the windows that its node filled, where the job asks for them. */
  fingerprints: fingerprintsSchema,
  receipt: receiptSchema,
  /**
   * Where the verdict shall count. A verifier names it only where the chain says that it was drawn; null asks for
   * one that is said to the asker alone.
   */
  court: courtSchema.nullable(),
})
export type AuditRequest = z.output<typeof auditRequestSchema>

export const auditResponseSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('verdict'),
    verdict: verdictSchema,
    finding: findingSchema,
  }),
  z.strictObject({
    type: z.literal('refusal'),
    error: wireErrorSchema,
    /** When asking again may help; 0 where it does not. */
    retryAfterMs: z.int().min(0).max(600_000),
  }),
])
export type AuditResponse = z.output<typeof auditResponseSchema>
