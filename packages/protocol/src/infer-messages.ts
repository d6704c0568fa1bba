/**
 * Messages of `/weft/infer/1`. Client: job, then accept, then credits, vouchers or cancel. Node: refusal, or
 * any number of queued and then the quote, then deltas, then exactly one receipt or error, which is
 * the explicit end; behind it only the voucher for the rest may come.
 * @module
 */
import { z } from 'zod'
import { deltaSchema } from './delta.ts'
import { jobSchema } from './job.ts'
import { limits } from './limits.ts'
import { quoteSchema } from './quote.ts'
import { receiptSchema } from './receipt.ts'
import { bytesSchema, tokenIdSchema } from './values.ts'
import { jobPaymentSchema, voucherSchema } from './voucher.ts'

/** An error as it crosses the wire: a stable code and a sentence. */
export const wireErrorSchema = z.strictObject({
  code: z
    .string()
    .regex(/^[a-z-]+\/[a-z0-9-]+$/)
    .max(80),
  message: z.string().max(limits.maxErrorMessageChars),
})
export type WireError = z.infer<typeof wireErrorSchema>

export const clientMessageSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('job'),
    job: jobSchema,
    /** Tokens of the answer that the client has already, from nodes that are gone. */
    answered: z.array(tokenIdSchema).max(limits.maxOutputTokens),
    /** Null for a node that answers for nothing. */
    payment: jobPaymentSchema.nullable(),
  }),
  z.strictObject({
    type: z.literal('accept'),
    nonce: bytesSchema(32),
    /** Deltas that the node may send before it must wait for more credit. */
    credits: z.int().min(1).max(1024),
    /** For a prompt that the node does not read on credit. */
    voucher: voucherSchema.nullable(),
  }),
  z.strictObject({ type: z.literal('credit'), credits: z.int().min(1).max(1024) }),
  z.strictObject({ type: z.literal('voucher'), voucher: voucherSchema }),
  z.strictObject({ type: z.literal('cancel') }),
])
export type ClientMessage = z.output<typeof clientMessageSchema>

/** Milliseconds that a node can speak of: nobody waits for longer than an hour. */
const waitMsSchema = z.int().min(0).max(3_600_000)

/** Where a job waits at a node that is full. */
export const queuePlaceSchema = z.strictObject({
  /** 1 is the next. */
  position: z.int().min(1).max(1_000),
  /** Until the quote, by the lengths of this node's jobs. */
  aboutMs: waitMsSchema,
})
export type QueuePlace = z.infer<typeof queuePlaceSchema>

export const nodeMessageSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('refusal'),
    error: wireErrorSchema,
    /** Of a node that is busy: when asking again may help. */
    retryAfterMs: waitMsSchema.nullable(),
  }),
  /** The job waits; told again when that changes. The quote or a refusal follows. */
  z.strictObject({ type: z.literal('queued'), place: queuePlaceSchema }),
  z.strictObject({ type: z.literal('quote'), quote: quoteSchema }),
  z.strictObject({ type: z.literal('delta'), delta: deltaSchema }),
  z.strictObject({ type: z.literal('receipt'), receipt: receiptSchema }),
  z.strictObject({ type: z.literal('error'), error: wireErrorSchema }),
])
export type NodeMessage = z.output<typeof nodeMessageSchema>
