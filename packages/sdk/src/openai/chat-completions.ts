/**
 * `client.chat.completions`: chats as the official client has them, answered by Weft.
 * @module
 */
import { WeftError } from '@weft/protocol'
import type { AnswerEvent, Usage } from './answer-stream.ts'
import {
  type ApiComponents,
  type BegunAnswer,
  beginAnswer,
  type RequestOptions,
} from './answers.ts'
import { ApiStream } from './api-stream.ts'
import { type ChatCompletionParams, readChatParams } from './chat-params.ts'
import type { ChatCompletion, ChatCompletionChunk, CompletionUsage } from './chat-types.ts'

export interface ChatCompletions {
  /**
   * Answers a conversation. With `stream: true` it resolves when a node has taken the job or a queue has it, so
   * a refusal rejects; what fails later is thrown by the stream.
   * @throws ParameterError `sdk/bad-parameter`, `sdk/unsupported-parameter`; WeftError `sdk/unknown-model`,
   *   `sdk/wrong-task`, and as `Client.generate`; CancelledError when the signal is aborted
   */
  create(
    params: ChatCompletionParams & { stream: true },
    options?: RequestOptions,
  ): Promise<ApiStream<ChatCompletionChunk>>
  create(
    params: ChatCompletionParams & { stream?: false | null | undefined },
    options?: RequestOptions,
  ): Promise<ChatCompletion>
  create(
    params: ChatCompletionParams,
    options?: RequestOptions,
  ): Promise<ChatCompletion | ApiStream<ChatCompletionChunk>>
}

export function createChatCompletions(components: ApiComponents): ChatCompletions {
  async function create(params: ChatCompletionParams, options: RequestOptions = {}) {
    const read = readChatParams(params)
    const begun = await beginAnswer(components, read, options)
    if (!read.isStream) return wholeChat(begun)
    const items = chunksOf(begun, read.includesUsage)
    return new ApiStream({ items, controller: begun.controller })
  }
  return { create: create as ChatCompletions['create'] }
}

async function wholeChat(begun: BegunAnswer): Promise<ChatCompletion> {
  const { finishReason, usage, weft } = await endOf(begun)
  const content = weft.answer.text
  return {
    ...headOf(begun),
    object: 'chat.completion',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content, refusal: null },
        finish_reason: finishReason,
        logprobs: null,
      },
    ],
    usage: toUsage(usage),
    weft,
  }
}

type AnswerEnd = Extract<AnswerEvent, { type: 'end' }>

/** How an answer that is not streamed ended, with all of its text. */
export async function endOf({ events }: Pick<BegunAnswer, 'events'>): Promise<AnswerEnd> {
  for await (const event of events) if (event.type === 'end') return event
  throw new WeftError('sdk/no-answer', 'The answer ended without its end.')
}

async function* chunksOf(
  begun: BegunAnswer,
  includesUsage: boolean,
): AsyncGenerator<ChatCompletionChunk, void, undefined> {
  const head = { ...headOf(begun), object: 'chat.completion.chunk' as const }
  const none = includesUsage ? { usage: null } : {}
  const chunk = (
    delta: ChatCompletionChunk['choices'][number]['delta'],
    finish_reason: 'stop' | 'length' | null = null,
  ): ChatCompletionChunk => ({
    ...head,
    choices: [{ index: 0, delta, finish_reason, logprobs: null }],
    ...none,
  })
  yield chunk({ role: 'assistant', content: '' })
  for await (const event of begun.events) {
    if (event.type === 'text') yield chunk({ content: event.text })
    if (event.type !== 'end') continue
    yield { ...chunk({}, event.finishReason), weft: event.weft }
    if (includesUsage) yield { ...head, choices: [], usage: toUsage(event.usage) }
  }
}

function headOf({ entry, id }: BegunAnswer) {
  return {
    id: `chatcmpl-${id}`,
    created: Math.floor(Date.now() / 1000),
    model: entry.manifest.id,
    system_fingerprint: entry.modelCid,
  }
}

export function toUsage({ inputTokens, outputTokens }: Usage): CompletionUsage {
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
  }
}
