/**
 * What chats return: plain objects that OpenAI's own types accept (`chat-types.test.ts` proves it).
 * https://platform.openai.com/docs/api-reference/chat/object
 * @module
 */
import type { WeftAnswer } from './answer-stream.ts'

export type CompletionUsage = {
  prompt_tokens: number
  completion_tokens: number
  total_tokens: number
}

/** `tool_calls` where the answer calls functions, also where `tool_choice` named the one. */
export type ChatFinishReason = 'stop' | 'length' | 'tool_calls'

/** It can be said again as it is, before the results of its calls. */
export type ChatCompletionMessage = {
  role: 'assistant'
  /** Null where there are calls and nothing else. */
  content: string | null
  refusal: null
  tool_calls?: ChatToolCall[]
}

export type ChatToolCall = {
  id: string
  type: 'function'
  /** `arguments` are JSON if the model did well: always where it had to call, see decision 50. */
  function: { name: string; arguments: string }
}

/** The first of a call brings all but the arguments, the others bring pieces of them. */
export type ChatToolCallDelta = {
  index: number
  id?: string
  type?: 'function'
  function: { name?: string; arguments: string }
}

export type ChatCompletion = {
  id: string
  object: 'chat.completion'
  /** Seconds since 1970. */
  created: number
  /** `<publisher>/<name>`; which one exactly says `system_fingerprint`. */
  model: string
  /** The CID of the model's manifest: the same fingerprint is the same weights. */
  system_fingerprint: string
  choices: [
    {
      index: 0
      message: ChatCompletionMessage
      finish_reason: ChatFinishReason
      logprobs: null
    },
  ]
  usage: CompletionUsage
  weft: WeftAnswer
}

export type ChatCompletionChunk = {
  id: string
  object: 'chat.completion.chunk'
  created: number
  model: string
  system_fingerprint: string
  /** Empty in the one that brings `usage`. */
  choices: {
    index: 0
    delta: { role?: 'assistant'; content?: string | null; tool_calls?: ChatToolCallDelta[] }
    finish_reason: ChatFinishReason | null
    logprobs: null
  }[]
  /** In the last one, where `stream_options.include_usage` asks for it. */
  usage?: CompletionUsage | null
  /** In the one that has a `finish_reason`. */
  weft?: WeftAnswer
}
