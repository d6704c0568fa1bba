/**
 * How many tokens a prompt can have, for a client that does not have the model's tokenizer.
 * @module
 */
import { utf8ToBytes } from './bytes.ts'
import type { Message } from './job.ts'

/** What a chat template writes by itself: the longest preambles in use have some 200 tokens. */
const templateTokens = 512
/** Around each message: a role, its special tokens, line breaks; in use are 3 to 10. */
const tokensPerMessage = 32
const forms = ['NFC', 'NFD', 'NFKC', 'NFKD'] as const

/**
 * Byte-level BPE and SentencePiece's byte fallback take a byte for a token at worst, and never less than one: so
 * a prompt has at most as many tokens as its text has bytes, in the longest form to which a tokenizer may
 * normalise it, and what its template writes. Prose has four bytes to a token, so a node can count it four times,
 * and beside that what no template writes of the 512 tokens, and 32 a message, that are let it.
 * @returns an upper bound of `Quote.inputTokens`
 */
export function mostPromptTokens(messages: readonly Message[]): number {
  const texts = messages.map(({ content }) => content).join('')
  const lengths = [texts, ...forms.map((form) => texts.normalize(form))].map(
    (text) => utf8ToBytes(text).length,
  )
  return Math.max(...lengths) + templateTokens + tokensPerMessage * messages.length
}
