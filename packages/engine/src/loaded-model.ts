/**
 * A chat model ready to answer.
 * @module
 */
import type { Grammars } from './grammar/grammars.ts'
import type { ChatTokenizer } from './model/chat-tokenizer.ts'
import type { Scheduler } from './scheduler/scheduler.ts'

export type LoadedModel = {
  scheduler: Scheduler
  tokenizer: ChatTokenizer
  grammars: Grammars
  /** A token of these ends an answer. */
  endTokens: ReadonlySet<number>
  /** Tokens of prompt and answer together that this device has room for, the manifest's at most. */
  contextTokens: number
  /** The manifest's: what a conversation is cut to, so that every device reads the same prompt. */
  fullContextTokens: number
  /** Length of the logits. */
  vocabularySize: number
}
