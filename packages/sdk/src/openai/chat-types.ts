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
      message: { role: 'assistant'; content: string; refusal: null }
      finish_reason: 'stop' | 'length'
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
    delta: { role?: 'assistant'; content?: string }
    finish_reason: 'stop' | 'length' | null
    logprobs: null
  }[]
  /** In the last one, where `stream_options.include_usage` asks for it. */
  usage?: CompletionUsage | null
  /** In the one that has a `finish_reason`. */
  weft?: WeftAnswer
}
