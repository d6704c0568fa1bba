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
import { badParameter } from './api-error.ts'
import { ApiStream } from './api-stream.ts'
import { type ChatCompletionParams, type ReadChat, readChatParams } from './chat-params.ts'
import type {
  ChatCompletion,
  ChatCompletionChunk,
  ChatFinishReason,
  ChatToolCall,
  ChatToolCallDelta,
  CompletionUsage,
} from './chat-types.ts'
import { type CallPart, createCallReader, foldParts } from './tools/read-calls.ts'

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
    await checkForm(read)
    const begun = await beginAnswer(components, read, options)
    if (!read.isStream) return wholeChat(begun, read)
    return new ApiStream({ items: chunksOf(begun, read), controller: begun.controller })
  }
  return { create: create as ChatCompletions['create'] }
}

async function wholeChat(begun: BegunAnswer, read: ReadChat): Promise<ChatCompletion> {
  const { finishReason, usage, weft } = await endOf(begun)
  const reader = callReaderOf(read)
  const { content, calls } = foldParts([...reader.push(weft.answer.text), ...reader.end()])
  const tool_calls = calls.map(
    (call, index): ChatToolCall => ({ id: callId(begun, index), type: 'function', function: call }),
  )
  return {
    ...headOf(begun),
    object: 'chat.completion',
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: content === '' && calls.length > 0 ? null : content,
          refusal: null,
          ...(calls.length > 0 ? { tool_calls } : {}),
        },
        finish_reason: chatFinish(finishReason, calls.length),
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
  read: ReadChat,
): AsyncGenerator<ChatCompletionChunk, void, undefined> {
  const { includesUsage } = read
  const head = { ...headOf(begun), object: 'chat.completion.chunk' as const }
  const none = includesUsage ? { usage: null } : {}
  const chunk = (
    delta: ChatCompletionChunk['choices'][number]['delta'],
    finish_reason: ChatFinishReason | null = null,
  ): ChatCompletionChunk => ({
    ...head,
    choices: [{ index: 0, delta, finish_reason, logprobs: null }],
    ...none,
  })
  const reader = callReaderOf(read)
  let calls = 0
  const told = (parts: CallPart[]) =>
    parts.map((part) => {
      if (part.type === 'text') return chunk({ content: part.text })
      if (part.type === 'call') calls += 1
      return chunk({ tool_calls: [callDelta(begun, part)] })
    })
  yield chunk({ role: 'assistant', content: read.mostCalls > 0 ? null : '' })
  for await (const event of begun.events) {
    if (event.type === 'text') yield* told(reader.push(event.text))
    if (event.type !== 'end') continue
    yield* told(reader.end())
    yield { ...chunk({}, chatFinish(event.finishReason, calls)), weft: event.weft }
    if (includesUsage) yield { ...head, choices: [], usage: toUsage(event.usage) }
  }
}

const callReaderOf = ({ tools, mostCalls }: ReadChat) =>
  createCallReader({ names: new Set(tools.map(({ name }) => name)), most: mostCalls })

function callDelta(
  begun: BegunAnswer,
  part: Exclude<CallPart, { type: 'text' }>,
): ChatToolCallDelta {
  const { index } = part
  if (part.type === 'arguments') return { index, function: { arguments: part.text } }
  const called = { name: part.name, arguments: '' }
  return { index, id: callId(begun, index), type: 'function', function: called }
}

/** The same whether it is streamed or not. */
const callId = ({ id }: BegunAnswer, index: number): string => `call_${id}_${index}`

/** An answer that was cut off may have half a call. */
function chatFinish(finish: 'stop' | 'length', calls: number): ChatFinishReason {
  return finish === 'stop' && calls > 0 ? 'tool_calls' : finish
}

/** A form that nobody can keep to came of one of two parameters. @throws ParameterError `sdk/bad-parameter` */
async function checkForm({ mostCalls, sampling: { grammar } }: ReadChat): Promise<void> {
  if (grammar.type !== 'json-schema') return
  const { checkGrammar } = await import('@weft/engine/check-grammar')
  try {
    checkGrammar(grammar)
  } catch (error) {
    if (!WeftError.is(error)) throw error
    const param = mostCalls > 0 ? 'tools' : 'response_format'
    throw badParameter(param, `asks for a form that cannot be kept to: ${error.facts.join(' ')}`)
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
