/**
 * A conversation as tokens that leave room for an answer.
 * @module
 */
import { type Message, WeftError } from '@weft/protocol'
import type { PromptInit } from './engine.ts'
import type { LoadedModel } from './loaded-model.ts'

export type Prompt = {
  tokens: number[]
  /** Oldest messages left out. */
  droppedMessages: number
}

/** Of the context, kept for the answer when messages are left out. */
const answerShare = 1 / 4

/**
 * With `overflow: 'slide'`, a conversation that leaves less room than the answer may take, or than a
 * quarter of the context, loses its oldest messages, system messages and the last one never.
 * @throws WeftError `engine/prompt-too-long` when no token of answer would fit
 */
export function encodePrompt(
  model: Pick<LoadedModel, 'tokenizer' | 'contextTokens'>,
  { messages, overflow, maxTokens }: PromptInit,
): Prompt {
  const { tokenizer, contextTokens } = model
  const roomForAnswer = Math.min(maxTokens, Math.ceil(contextTokens * answerShare))
  let kept = messages
  let tokens = tokenizer.encodeChat(kept)
  while (overflow === 'slide' && tokens.length > contextTokens - roomForAnswer) {
    const shorter = withoutOldest(kept)
    if (!shorter) break
    kept = shorter
    tokens = tokenizer.encodeChat(kept)
  }
  const most = contextTokens - 1
  if (tokens.length > most) throw promptTooLong(tokens.length, most)
  return { tokens, droppedMessages: messages.length - kept.length }
}

/** Without the oldest question and its answer, or undefined when nothing may go. */
function withoutOldest(messages: readonly Message[]): readonly Message[] | undefined {
  const first = messages.findIndex(({ role }) => role !== 'system')
  const next = messages.findIndex(({ role }, index) => index > first && role === 'user')
  if (first < 0 || next < 0) return undefined
  return [...messages.slice(0, first), ...messages.slice(next)]
}

function promptTooLong(length: number, most: number): WeftError {
  const excess = length - most
  return new WeftError(
    'engine/prompt-too-long',
    `The conversation is ${excess} ${excess === 1 ? 'token' : 'tokens'} too long: this model takes at most ${most}. Shorten it, or start a new one.`,
    { facts: [`Limit: ${most} tokens`, `Actual: ${length} tokens`] },
  )
}
