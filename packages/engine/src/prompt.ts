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
 * quarter of the context, loses its oldest messages, system messages and the last one never. That goes
 * by the manifest's context: what is left out must not depend on the device.
 * @throws WeftError `engine/prompt-too-long` when no token of answer would fit, `engine/short-context`
 *   when this device alone has no room for one
 */
export function encodePrompt(
  model: Pick<LoadedModel, 'tokenizer' | 'contextTokens' | 'fullContextTokens'>,
  { messages, tools, overflow, maxTokens }: PromptInit,
): Prompt {
  const { tokenizer, contextTokens, fullContextTokens } = model
  const roomForAnswer = Math.min(maxTokens, Math.ceil(fullContextTokens * answerShare))
  let kept = messages
  let tokens = tokenizer.encodeChat(kept, tools)
  while (overflow === 'slide' && tokens.length > fullContextTokens - roomForAnswer) {
    const shorter = withoutOldest(kept)
    if (!shorter) break
    kept = shorter
    tokens = tokenizer.encodeChat(kept, tools)
  }
  if (tokens.length >= contextTokens) throw promptTooLong(tokens.length, model)
  return { tokens, droppedMessages: messages.length - kept.length }
}

/** Without the oldest question and its answer, or undefined when nothing may go. */
function withoutOldest(messages: readonly Message[]): readonly Message[] | undefined {
  const first = messages.findIndex(({ role }) => role !== 'system')
  const next = messages.findIndex(({ role }, index) => index > first && role === 'user')
  if (first < 0 || next < 0) return undefined
  return [...messages.slice(0, first), ...messages.slice(next)]
}

/** Refused by this model everywhere, or only here: another device may have the room. */
function promptTooLong(
  length: number,
  { contextTokens, fullContextTokens }: Pick<LoadedModel, 'contextTokens' | 'fullContextTokens'>,
): WeftError {
  const fitsModel = length < fullContextTokens
  const most = (fitsModel ? contextTokens : fullContextTokens) - 1
  const excess = length - most
  const tooLong = `The conversation is ${excess} ${excess === 1 ? 'token' : 'tokens'} too long`
  const facts = [`Limit: ${most} tokens`, `Actual: ${length} tokens`]
  return fitsModel
    ? new WeftError(
        'engine/short-context',
        `${tooLong} for this device, which has room for ${most}. Shorten it, or let another device answer.`,
        { facts },
      )
    : new WeftError(
        'engine/prompt-too-long',
        `${tooLong}: this model takes at most ${most}. Shorten it, or start a new one.`,
        { facts },
      )
}
