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
  /** Tokens of prompt and answer together. */
  contextTokens: number
  /** Length of the logits. */
  vocabularySize: number
}
