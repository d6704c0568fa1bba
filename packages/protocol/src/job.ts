/**
 * Job: what a client asks for. Immutable; its id is the hash of its canonical bytes.
 * @module
 */
import { z } from 'zod'
import { randomBytes, sha256, utf8ToBytes } from './bytes.ts'
import { hashValue } from './codec.ts'
import { TooLargeError, WeftError } from './errors.ts'
import { limits } from './limits.ts'
import { type Sampling, samplingSchema } from './sampling.ts'
import { bytesSchema, cidSchema, peerIdSchema, timestampMsSchema, weiSchema } from './values.ts'

export const messageSchema = z.strictObject({
  role: z.enum(['system', 'user', 'assistant']),
  content: z.string(),
})
export type Message = z.infer<typeof messageSchema>

/** Price of one million tokens, in token units. */
export const priceSchema = z.strictObject({
  inputWeiPerMillion: weiSchema,
  outputWeiPerMillion: weiSchema,
})
export type Price = z.output<typeof priceSchema>

/**
 * What happens when a conversation leaves no room for an answer: the job is refused, or the oldest
 * messages are left out, system messages and the last one never, and their number is told.
 */
export const contextOverflowSchema = z.enum(['error', 'slide'])
export type ContextOverflow = z.infer<typeof contextOverflowSchema>

export const jobSchema = z.strictObject({
  version: z.literal(1),
  modelCid: cidSchema,
  messages: z.array(messageSchema).min(1).max(limits.maxMessages),
  sampling: samplingSchema,
  overflow: contextOverflowSchema,
  maxTokens: z.int().min(1).max(limits.maxOutputTokens),
  /** Whether the node commits to the states by which each window of tokens was chosen. */
  fingerprints: z.boolean(),
  clientPeerId: peerIdSchema,
  /** SHA-256 of the nonce that is revealed once the node has quoted. */
  nonceHash: bytesSchema(32),
  /** The client refuses a quote above this. */
  maxPrice: priceSchema,
  createdAtMs: timestampMsSchema,
})
export type Job = z.output<typeof jobSchema>

export type CreateJobInit = {
  modelCid: string
  messages: Message[]
  sampling: Sampling
  overflow: ContextOverflow
  maxTokens: number
  /** False where left out. */
  fingerprints?: boolean
  clientPeerId: string
  maxPrice: Price
  createdAtMs: number
}

/**
 * @returns the job and the nonce that stays secret until a node has quoted
 * @throws WeftError `protocol/empty-prompt`
 * @throws TooLargeError when all messages together exceed `limits.maxPromptBytes`
 */
export function createJob(init: CreateJobInit): { job: Job; nonce: Uint8Array } {
  checkMessages(init.messages)
  const nonce = randomBytes(32)
  return { job: { version: 1, fingerprints: false, ...init, nonceHash: sha256(nonce) }, nonce }
}

/**
 * @param maxBytes - of all contents together, in UTF-8
 * @throws WeftError when there is nothing to answer, TooLargeError when there is too much
 */
export function checkMessages(
  messages: readonly Message[],
  { maxBytes = limits.maxPromptBytes }: { maxBytes?: number } = {},
): void {
  const last = messages.at(-1)
  if (!last || last.role === 'assistant' || last.content.trim() === '') {
    throw new WeftError('protocol/empty-prompt', 'The prompt is empty. Write something to answer.')
  }
  const limit = Math.min(maxBytes, limits.maxPromptBytes)
  const actual = messages.reduce((sum, { content }) => sum + utf8ToBytes(content).length, 0)
  if (actual > limit) throw new TooLargeError({ subject: 'prompt', limit, actual, unit: 'bytes' })
}

/** @returns 32 bytes */
export function jobId(job: Job): Uint8Array {
  return hashValue('weft/job/1', jobSchema, job)
}
