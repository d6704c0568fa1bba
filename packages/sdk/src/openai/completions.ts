/**
 * `client.completions`: for programs of the time before chats. A job of Weft is a conversation, so the prompt is
 * what the user says, and the answer is an answer to it, not its continuation.
 * https://platform.openai.com/docs/api-reference/completions
 * @module
 */
import { limits } from '@weft/protocol'
import { z } from 'zod'
import type { WeftAnswer } from './answer-stream.ts'
import {
  type ApiComponents,
  type BegunAnswer,
  beginAnswer,
  type RequestOptions,
} from './answers.ts'
import { ApiStream } from './api-stream.ts'
import { endOf, toUsage } from './chat-completions.ts'
import { labelShape, readSampling, samplingShape, streamShape } from './chat-params.ts'
import type { CompletionUsage } from './chat-types.ts'
import { parseParams } from './parse-params.ts'

const completionParamsSchema = z.strictObject({
  model: z.string().min(1).max(200),
  prompt: z.union([z.string(), z.tuple([z.string()])]),
  max_tokens: z.int().min(1).max(limits.maxOutputTokens).nullable().optional(),
  best_of: z.literal(1).nullable().optional(),
  echo: z.literal(false).nullable().optional(),
  logprobs: z.literal(0).nullable().optional(),
  ...samplingShape,
  ...labelShape,
  ...streamShape,
})

/** As `OpenAI.CompletionCreateParams`, of which it is a part. */
export type CompletionParams = z.input<typeof completionParamsSchema>

/** An answer, or a piece of one: OpenAI has one shape for both. */
export type Completion = {
  id: string
  object: 'text_completion'
  /** Seconds since 1970. */
  created: number
  model: string
  system_fingerprint: string
  choices: { index: 0; text: string; finish_reason: 'stop' | 'length'; logprobs: null }[]
  usage?: CompletionUsage
  /** On the last one that has a choice. */
  weft?: WeftAnswer
}

/** The official types say that each piece has a `finish_reason`; their server says null until the last one. */
export type CompletionChunk = Omit<Completion, 'choices'> & {
  choices: { index: 0; text: string; finish_reason: 'stop' | 'length' | null; logprobs: null }[]
}

export interface Completions {
  /** @throws as `ChatCompletions.create` */
  create(
    params: CompletionParams & { stream: true },
    options?: RequestOptions,
  ): Promise<ApiStream<CompletionChunk>>
  create(
    params: CompletionParams & { stream?: false | null | undefined },
    options?: RequestOptions,
  ): Promise<Completion>
  create(
    params: CompletionParams,
    options?: RequestOptions,
  ): Promise<Completion | ApiStream<CompletionChunk>>
}

export function createCompletions(components: ApiComponents): Completions {
  async function create(params: CompletionParams, options: RequestOptions = {}) {
    const read = parseParams(completionParamsSchema, params)
    const [prompt] = [read.prompt].flat()
    const asked = {
      model: read.model,
      messages: [{ role: 'user' as const, content: prompt ?? '' }],
      tools: [],
      sampling: readSampling(read),
      maxTokens: read.max_tokens ?? null,
      isStream: read.stream === true,
    }
    const begun = await beginAnswer(components, asked, options)
    if (!asked.isStream) return wholeCompletion(begun)
    const items = chunksOf(begun, read.stream_options?.include_usage === true)
    return new ApiStream({ items, controller: begun.controller })
  }
  return { create: create as Completions['create'] }
}

async function wholeCompletion(begun: BegunAnswer): Promise<Completion> {
  const { finishReason, usage, weft } = await endOf(begun)
  const choice = { text: weft.answer.text, finish_reason: finishReason, logprobs: null }
  return { ...headOf(begun), choices: [{ index: 0, ...choice }], usage: toUsage(usage), weft }
}

async function* chunksOf(
  begun: BegunAnswer,
  includesUsage: boolean,
): AsyncGenerator<CompletionChunk, void, undefined> {
  const head = headOf(begun)
  const chunk = (text: string, finish_reason: 'stop' | 'length' | null): CompletionChunk => ({
    ...head,
    choices: [{ index: 0, text, finish_reason, logprobs: null }],
  })
  for await (const event of begun.events) {
    if (event.type === 'text') yield chunk(event.text, null)
    if (event.type !== 'end') continue
    yield { ...chunk('', event.finishReason), weft: event.weft }
    if (includesUsage) yield { ...head, choices: [], usage: toUsage(event.usage) }
  }
}

function headOf({ entry, id }: BegunAnswer) {
  return {
    id: `cmpl-${id}`,
    object: 'text_completion' as const,
    created: Math.floor(Date.now() / 1000),
    model: entry.manifest.id,
    system_fingerprint: entry.modelCid,
  }
}
