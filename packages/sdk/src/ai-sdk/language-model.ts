/**
 * A model that answers, as the AI SDK asks it: calls become chats, chunks become parts.
 * @module
 */
import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4FinishReason,
  LanguageModelV4StreamPart,
  LanguageModelV4Usage,
  SharedV4Warning,
} from '@ai-sdk/provider'
import { bytesToHex } from '@weft/protocol'
import type { WeftAnswer } from '../openai/answer-stream.ts'
import type { RequestOptions } from '../openai/answers.ts'
import type { ChatCompletions } from '../openai/chat-completions.ts'
import type {
  ChatCompletionChunk,
  ChatCompletionMessage,
  ChatFinishReason,
  ChatToolCall,
  CompletionUsage,
} from '../openai/chat-types.ts'
import { toCallError } from './to-call-error.ts'
import { toChatParams } from './to-chat-params.ts'

export type LanguageModelInit = {
  completions: ChatCompletions
  model: string
  options: Omit<RequestOptions, 'signal'>
}

export function createLanguageModel(init: LanguageModelInit): LanguageModelV4 {
  const { completions, model } = init
  const read = (call: LanguageModelV4CallOptions) => {
    const { params, warnings } = toChatParams(model, call)
    return { params, warnings, options: { ...init.options, signal: call.abortSignal } }
  }
  return {
    specificationVersion: 'v4',
    provider: 'weft',
    modelId: model,
    supportedUrls: {},
    async doGenerate(call) {
      const { params, warnings, options } = read(call)
      const chat = await completions.create(params, options).catch(toCallError)
      const [{ message, finish_reason }] = chat.choices
      return {
        content: toContent(message),
        finishReason: toFinish(finish_reason),
        usage: toUsage(chat.usage),
        warnings,
        response: { id: chat.id, modelId: chat.model, timestamp: new Date(chat.created * 1000) },
        providerMetadata: { weft: metadataOf(chat.weft) },
      }
    },
    async doStream(call) {
      const { params, warnings, options } = read(call)
      const chunks = await completions
        .create({ ...params, stream: true, stream_options: { include_usage: true } }, options)
        .catch(toCallError)
      const parts = partsOf(chunks, warnings)
      return {
        stream: new ReadableStream<LanguageModelV4StreamPart>({
          async pull(controller) {
            const { value, done } = await parts.next()
            if (done) controller.close()
            else controller.enqueue(value)
          },
          async cancel() {
            await parts.return()
          },
        }),
      }
    },
  }
}

function toContent({ content, tool_calls: calls = [] }: ChatCompletionMessage) {
  return [
    ...(content === null ? [] : [{ type: 'text' as const, text: content }]),
    ...calls.map(({ id, function: called }) => toCall(id, called)),
  ]
}

const toCall = (toolCallId: string, called: ChatToolCall['function']) => ({
  type: 'tool-call' as const,
  toolCallId,
  toolName: called.name,
  input: called.arguments,
})

function toFinish(raw: ChatFinishReason): LanguageModelV4FinishReason {
  return { unified: raw === 'tool_calls' ? 'tool-calls' : raw, raw }
}

async function* partsOf(
  chunks: AsyncIterable<ChatCompletionChunk>,
  warnings: SharedV4Warning[],
): AsyncGenerator<LanguageModelV4StreamPart, void, undefined> {
  yield { type: 'stream-start', warnings }
  let isFirst = true
  let end: ChatCompletionChunk | undefined
  const content = createContentParts()
  try {
    for await (const chunk of chunks) {
      if (isFirst) {
        const timestamp = new Date(chunk.created * 1000)
        yield { type: 'response-metadata', id: chunk.id, modelId: chunk.model, timestamp }
        isFirst = false
      }
      const [choice] = chunk.choices
      if (choice) yield* content.next(choice.delta)
      if (choice?.finish_reason) end = chunk
      const finish = end?.choices[0]?.finish_reason
      if (!chunk.usage || !finish) continue
      yield* content.end()
      yield {
        type: 'finish',
        finishReason: toFinish(finish),
        usage: toUsage(chunk.usage),
        ...(end?.weft ? { providerMetadata: { weft: metadataOf(end.weft) } } : {}),
      }
    }
  } catch (error) {
    yield { type: 'error', error }
  }
}

type Delta = ChatCompletionChunk['choices'][number]['delta']

/** Texts and calls, each with its beginning and its end. */
function createContentParts() {
  let texts = 0
  let textId: string | null = null
  let call: { id: string; name: string; arguments: string } | null = null

  function* end(): Generator<LanguageModelV4StreamPart, void, undefined> {
    if (textId !== null) yield { type: 'text-end', id: textId }
    textId = null
    if (call === null) return
    yield { type: 'tool-input-end', id: call.id }
    yield toCall(call.id, call)
    call = null
  }

  function* next(delta: Delta): Generator<LanguageModelV4StreamPart, void, undefined> {
    if (delta.content) {
      if (textId === null) {
        yield* end()
        textId = `text-${texts++}`
        yield { type: 'text-start', id: textId }
      }
      yield { type: 'text-delta', id: textId, delta: delta.content }
    }
    for (const { id, function: called } of delta.tool_calls ?? []) {
      if (id !== undefined) {
        yield* end()
        call = { id, name: called.name ?? '', arguments: '' }
        yield { type: 'tool-input-start', id, toolName: call.name }
      }
      if (call === null || called.arguments === '') continue
      call.arguments += called.arguments
      yield { type: 'tool-input-delta', id: call.id, delta: called.arguments }
    }
  }

  return { next, end }
}

/** Of the answer, as JSON: who made it, for how much, and the receipt's own name. */
function metadataOf({ modelCid, receipt, costWei }: WeftAnswer) {
  return {
    modelCid,
    costWei: String(costWei),
    nodePeerId: receipt?.nodePeerId ?? null,
    jobId: receipt ? bytesToHex(receipt.jobId) : null,
  }
}

function toUsage({ prompt_tokens, completion_tokens }: CompletionUsage): LanguageModelV4Usage {
  const unknown = { noCache: undefined, cacheRead: undefined, cacheWrite: undefined }
  return {
    inputTokens: { total: prompt_tokens, ...unknown },
    outputTokens: { total: completion_tokens, text: completion_tokens, reasoning: 0 },
  }
}
