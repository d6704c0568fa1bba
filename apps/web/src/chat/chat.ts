/**
 * A conversation as the Playground holds it, and the pure steps between it and what is stored.
 * @module
 */
import { limits, type Message, type WeftErrorData } from '@weft/protocol'
import type { AnswerRecord, Conversation } from '@weft/sdk'

export type ChatTurn = {
  id: string
  prompt: string
  /** Null until the job exists. */
  answer: AnswerRecord | null
  /** Why there is no answer at all; the error of a begun answer is its own. */
  error: WeftErrorData | null
}

/** An answer that is being made. */
export type Run = {
  turnId: string
  step: 'opening' | 'searching' | 'queued' | 'waiting' | 'answering' | 'handing-over'
  where: AnswerRecord['where']
  nodePeerId: string | null
  /** Only while every tab is busy. */
  wait: { position: number | null; aboutMs: number } | null
}

export type Chat = {
  id: string
  title: string
  createdAtMs: number
  turns: ChatTurn[]
  run: Run | null
}

const maxTitleChars = 60

export function newChat(id: string, prompt: string, nowMs: number): Chat {
  return { id, title: shorten(prompt), createdAtMs: nowMs, turns: [], run: null }
}

function shorten(prompt: string): string {
  const line = prompt.trim().replaceAll(/\s+/g, ' ')
  return line.length <= maxTitleChars ? line : `${line.slice(0, maxTitleChars - 1).trimEnd()}…`
}

export function changeTurn(chat: Chat, turnId: string, change: (turn: ChatTurn) => ChatTurn): Chat {
  return { ...chat, turns: chat.turns.map((turn) => (turn.id === turnId ? change(turn) : turn)) }
}

/** Turns that never became a job are not kept. */
export function toConversation(
  { id, title, createdAtMs, turns }: Chat,
  updatedAtMs: number,
): Conversation {
  const kept = turns.flatMap(({ id: turnId, prompt, answer }) =>
    answer ? [{ id: turnId, prompt, answer }] : [],
  )
  return { id, title, createdAtMs, updatedAtMs, turns: kept }
}

/** What an answer of an earlier version lacks was not known then, or did not happen. */
const unknownThen: Partial<AnswerRecord> = {
  droppedMessages: null,
  handovers: [],
  bills: [],
  grade: null,
  quorum: null,
  check: null,
}

export function fromConversation({ id, title, createdAtMs, turns }: Conversation): Chat {
  const shown = turns.map((turn) => ({
    ...turn,
    answer: { ...unknownThen, ...turn.answer },
    error: null,
  }))
  return { id, title, createdAtMs, turns: shown, run: null }
}

/** More than tokenizers in use make of any language, of code too. */
const bytesPerToken = 8

/**
 * The new prompt with the earlier turns, without the oldest ones that no tokenizer could make fit the model's
 * context, or that no job has room for. The engine, which counts exactly, leaves out what is still too long.
 * @param contextTokens - may be infinite, to leave out nothing
 * @returns messages, oldest first
 */
export function messagesFor(
  earlier: readonly ChatTurn[],
  prompt: string,
  contextTokens: number,
): Message[] {
  const slides = Number.isFinite(contextTokens)
  const mostMessages = slides ? limits.maxMessages : Number.POSITIVE_INFINITY
  const mostBytes = slides ? limits.maxPromptBytes : Number.POSITIVE_INFINITY
  let room = Math.min(contextTokens * bytesPerToken, mostBytes) - bytesOf(prompt)
  const messages: Message[] = [{ role: 'user', content: prompt }]
  for (const turn of [...earlier].reverse()) {
    const text = turn.answer?.text
    if (!text) continue
    room -= bytesOf(turn.prompt) + bytesOf(text)
    if (room < 0 || messages.length + 2 > mostMessages) break
    messages.unshift({ role: 'user', content: turn.prompt }, { role: 'assistant', content: text })
  }
  return messages
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length
}

/**
 * Messages of earlier turns that this turn was answered without, because they did not fit: those that
 * its job lacks, and those of it that the engine dropped. They are the oldest ones.
 */
export function messagesLeftOut(chat: Chat, { id, answer }: ChatTurn): number {
  if (!answer) return 0
  const index = chat.turns.findIndex((turn) => turn.id === id)
  const earlier = chat.turns.slice(0, index).filter((turn) => turn.answer?.text)
  const sent = answer.job.messages.length - 1
  return earlier.length * 2 - sent + (answer.droppedMessages ?? 0)
}
