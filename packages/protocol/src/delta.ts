/**
 * Delta: the next tokens of an answer, and the chain of hashes that a receipt commits to.
 * @module
 */
import { z } from 'zod'
import { sha256, utf8ToBytes } from './bytes.ts'
import { fingerprintSchema } from './fingerprint.ts'
import { limits, tokensPerWindow } from './limits.ts'
import { tokenIdSchema } from './values.ts'

export const deltaSchema = z.strictObject({
  /** Position of the first token of this delta in the answer, from 0. */
  index: z.int().min(0).max(limits.maxOutputTokens),
  /** Empty only in the last delta, which then brings the rest of a character that was split. */
  tokens: z.array(tokenIdSchema).max(limits.maxDeltaTokens),
  /** What the tokens add to the text; a character split over tokens arrives with its last token. */
  text: z.string().max(limits.maxDeltaTextChars),
  /** Where the job asks for it, with the token that fills a window of 32: no delta then goes beyond that. */
  fingerprint: fingerprintSchema.optional(),
})
export type Delta = z.infer<typeof deltaSchema>

/**
 * The running hash over windows of 32 tokens:
 * `h0 = SHA-256("weft/chain/1" || jobId || nonce)`, `hi = SHA-256(h(i-1) || tokens as u32 LE || fingerprint)`.
 * The last window may be shorter, and then has no fingerprint; nor has one that nobody asked for one.
 */
export class TokenChain {
  #hash: Uint8Array
  #pending: number[] = []
  readonly #windows: Uint8Array[] = []
  #count = 0

  constructor({ jobId, nonce }: { jobId: Uint8Array; nonce: Uint8Array }) {
    this.#hash = sha256(utf8ToBytes('weft/chain/1'), jobId, nonce)
  }

  /** Tokens seen so far. */
  get length(): number {
    return this.#count
  }

  /** @param fingerprints of the windows that these tokens fill, or none */
  push(tokens: readonly number[], fingerprints: readonly Uint8Array[] = []): void {
    const left = [...fingerprints]
    for (const token of tokens) {
      this.#pending.push(token)
      this.#count += 1
      if (this.#pending.length === tokensPerWindow) {
        this.#hash = link(this.#hash, this.#pending, left.shift())
        this.#windows.push(this.#hash)
        this.#pending = []
      }
    }
  }

  /** @returns one 32-byte hash per window, the partial last one included */
  windows(): Uint8Array[] {
    if (this.#pending.length === 0) return [...this.#windows]
    return [...this.#windows, link(this.#hash, this.#pending)]
  }
}

function link(
  previous: Uint8Array,
  tokens: readonly number[],
  fingerprint: Uint8Array = new Uint8Array(),
): Uint8Array {
  const bytes = new Uint8Array(tokens.length * 4)
  const view = new DataView(bytes.buffer)
  tokens.forEach((token, index) => {
    view.setUint32(index * 4, token, true)
  })
  return sha256(previous, bytes, fingerprint)
}
