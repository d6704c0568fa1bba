/**
 * One conversation, for a screen: what was said, what is being said, what went wrong.
 * @module
 */
import { WeftError, type WeftErrorData } from '@weft/protocol'
import { type Cell, createCell } from './cell.ts'
import type { WeftAnswer } from './openai/answer-stream.ts'
import type { RequestOptions } from './openai/answers.ts'
import type { ChatCompletionParams } from './openai/chat-params.ts'
import type { OpenAiDoors } from './openai/doors.ts'

/** `weft` on a whole answer of a node or this device. */
export type ChatMessage = { role: 'user' | 'assistant'; content: string; weft?: WeftAnswer }

export type ChatState = {
  /** The one that is being said is the last. */
  messages: readonly ChatMessage[]
  phase: 'idle' | 'answering'
  /** Of the last question; null when it was answered, or stopped. */
  error: WeftErrorData | null
}

export interface Chat {
  readonly state: Cell<ChatState>
  /** Asks behind what was said; a question while one is answered stops that. Never rejects: `state` says it all. */
  ask(text: string): Promise<void>
  /** What has come stays. */
  stop(): void
  /** Begins anew. */
  clear(): void
}

type ToolParam = 'tools' | 'tool_choice' | 'parallel_tool_calls'

export type ChatInit = {
  client: Pick<OpenAiDoors, 'chat'>
  /** Name or CID. */
  model: string
  /** Said before everything. */
  system?: string
  /** Of every request: temperature, stop texts, form. What calls functions is `chat.completions`. */
  params?: Omit<ChatCompletionParams, 'model' | 'messages' | 'stream' | ToolParam>
  options?: Omit<RequestOptions, 'signal'>
}

const nothing: ChatState = { messages: [], phase: 'idle', error: null }

/** @example const chat = createChat({ client, model: 'weft/bobbin-2m' }); await chat.ask('Hello') */
export function createChat({ client, model, system, params, options }: ChatInit): Chat {
  const state = createCell(nothing)
  let running = new AbortController()

  async function ask(text: string): Promise<void> {
    running.abort()
    running = new AbortController()
    const { signal } = running
    /** What came of a question that was stopped is told no more. */
    const tell = (change: Partial<ChatState>) => {
      if (!signal.aborted) state.set({ ...state.get(), ...change })
    }
    const asked = [...state.get().messages, { role: 'user' as const, content: text }]
    const answer: ChatMessage = { role: 'assistant', content: '' }
    tell({ messages: asked, phase: 'answering', error: null })
    const before = system === undefined ? [] : [{ role: 'system' as const, content: system }]
    const messages = [...before, ...asked].map(({ role, content }) => ({ role, content }))
    try {
      const request = { ...params, model, messages, stream: true as const }
      for await (const { choices, weft } of await client.chat.completions.create(request, {
        ...options,
        signal,
      })) {
        answer.content += choices[0]?.delta.content ?? ''
        tell({ messages: [...asked, { ...answer, ...(weft ? { weft } : {}) }] })
      }
      tell({ phase: 'idle' })
    } catch (cause) {
      const error = WeftError.from(cause, 'sdk/chat', 'The answer failed.')
      tell({ phase: 'idle', error: error.toJSON() })
    }
  }

  return {
    state,
    ask,
    stop() {
      running.abort()
      state.set({ ...state.get(), phase: 'idle' })
    },
    clear() {
      running.abort()
      state.set(nothing)
    },
  }
}
