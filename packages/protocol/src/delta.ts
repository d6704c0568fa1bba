/**
 * Delta: the next tokens of an answer, and the chain of hashes that a receipt commits to.
 * @module
 */
import { z } from 'zod'
import { concatBytes, sha256, utf8ToBytes } from './bytes.ts'
import { limits, tokensPerWindow } from './limits.ts'

export const tokenIdSchema = z.int().min(0).max(0xffffffff)

export const deltaSchema = z.strictObject({
  /** Position of the first token of this delta in the answer, from 0. */
  index: z.int().min(0).max(limits.maxOutputTokens),
  /** Empty only in the last delta, which then brings the rest of a character that was split. */
  tokens: z.array(tokenIdSchema).max(limits.maxDeltaTokens),
  /** What the tokens add to the text; a character split over tokens arrives with its last token. */
  text: z.string().max(limits.maxDeltaTextChars),
})
export type Delta = z.infer<typeof deltaSchema>

/**
 * The running hash over windows of 32 tokens:
 * `h0 = SHA-256("weft/chain/1" || jobId || nonce)`, `hi = SHA-256(h(i-1) || tokens as u32 LE)`.
 * The last window may be shorter.
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

  push(tokens: readonly number[]): void {
    for (const token of tokens) {
      this.#pending.push(token)
      this.#count += 1
      if (this.#pending.length === tokensPerWindow) {
        this.#hash = link(this.#hash, this.#pending)
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

function link(previous: Uint8Array, tokens: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(tokens.length * 4)
  const view = new DataView(bytes.buffer)
  tokens.forEach((token, index) => {
    view.setUint32(index * 4, token, true)
  })
  return sha256(concatBytes(previous, bytes))
}
