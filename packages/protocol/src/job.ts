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
import { type Tool, toolCallSchema, toolsSchema } from './tools.ts'
import { bytesSchema, cidSchema, peerIdSchema, timestampMsSchema, weiSchema } from './values.ts'

const content = z.string()

export const messageSchema = z.discriminatedUnion('role', [
  z.strictObject({ role: z.enum(['system', 'user']), content }),
  z.strictObject({
    role: z.literal('assistant'),
    content,
    /** What it called, behind what it said; absent where nothing. */
    toolCalls: z.array(toolCallSchema).min(1).max(limits.maxToolCalls).optional(),
  }),
  /** What a call gave. */
  z.strictObject({ role: z.literal('tool'), content, toolCallId: z.string().min(1).max(128) }),
])
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
  /** That the model may call. */
  tools: toolsSchema,
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
  /** None where left out. */
  tools?: Tool[]
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
 * @throws TooLargeError when messages and tools together exceed `limits.maxPromptBytes`
 */
export function createJob(init: CreateJobInit): { job: Job; nonce: Uint8Array } {
  const nonce = randomBytes(32)
  const job = {
    version: 1 as const,
    tools: [],
    fingerprints: false,
    ...init,
    nonceHash: sha256(nonce),
  }
  checkPrompt(job)
  return { job, nonce }
}

/** What a model reads before it answers. */
export type PromptTexts = { messages: readonly Message[]; tools: readonly Tool[] }

/**
 * @param maxBytes - of all texts together, in UTF-8
 * @throws WeftError when there is nothing to answer, TooLargeError when there is too much
 */
export function checkPrompt(
  { messages, tools }: PromptTexts,
  { maxBytes = limits.maxPromptBytes }: { maxBytes?: number } = {},
): void {
  const last = messages.at(-1)
  const isEmpty = last?.role !== 'tool' && last?.content.trim() === ''
  if (!last || last.role === 'assistant' || isEmpty) {
    throw new WeftError('protocol/empty-prompt', 'The prompt is empty. Write something to answer.')
  }
  const limit = Math.min(maxBytes, limits.maxPromptBytes)
  const texts = [
    ...messages.flatMap((message) => [message.content, ...callTexts(message)]),
    ...tools.flatMap(({ name, description, parameters }) => [name, description, parameters]),
  ]
  const actual = texts.reduce((sum, text) => sum + utf8ToBytes(text).length, 0)
  if (actual > limit) throw new TooLargeError({ subject: 'prompt', limit, actual, unit: 'bytes' })
}

function callTexts(message: Message): string[] {
  if (message.role === 'tool') return [message.toolCallId]
  if (message.role !== 'assistant' || !message.toolCalls) return []
  return message.toolCalls.flatMap(({ id, name, arguments: given }) => [id, name, given])
}

/** @returns 32 bytes */
export function jobId(job: Job): Uint8Array {
  return hashValue('weft/job/1', jobSchema, job)
}
