/**
 * Where one answer stands in its grammar.
 * @module
 */
import type { GrammarMatcher as NativeMatcher } from '@mlc-ai/web-xgrammar'
import { badGrammar } from './read-schema.ts'

export type GrammarMatcher = {
  /**
   * Sets the logits of tokens that may not come next to -Infinity; in place.
   * @param logits float32 [vocabulary]
   * @throws WeftError `engine/bad-grammar` when no token may: the vocabulary cannot spell what the
   *   grammar wants
   */
  mask(logits: Float32Array): void
  /** @returns false, and stands still, when the token may not come next */
  accept(token: number): boolean
  dispose(): void
}

/** `std::vector<int32_t>`, a bit for each token, the lowest first. */
type NativeMask = { size(): number; get(index: number): number; delete(): void }
/** The bound object behind the public one, whose way to the mask would be asynchronous for nothing. */
type NativeHandle = { GetNextTokenBitmask(vocabularySize: number): NativeMask }

export function createMatcher(
  native: NativeMatcher,
  { vocabularySize, endTokens }: { vocabularySize: number; endTokens: ReadonlySet<number> },
): GrammarMatcher {
  const { handle } = native as unknown as { handle: NativeHandle }
  const words = new Int32Array(Math.ceil(vocabularySize / 32))
  let isCurrent = false

  function readMask(): void {
    if (isCurrent) return
    if (native.isTerminated()) {
      words.fill(0)
      for (const token of endTokens) {
        words[token >>> 5] = (words[token >>> 5] ?? 0) | (1 << (token & 31))
      }
    } else {
      const mask = handle.GetNextTokenBitmask(vocabularySize)
      for (let index = 0; index < words.length; index++) words[index] = mask.get(index)
      mask.delete()
    }
    isCurrent = true
  }
  return {
    mask(logits) {
      readMask()
      if (words.every((word) => word === 0)) {
        throw badGrammar('No token of this model can go on with it.')
      }
      for (let index = 0; index < words.length; index++) {
        const word = words[index] as number
        if (word === -1) continue
        const first = index * 32
        const last = Math.min(first + 32, logits.length)
        for (let token = first; token < last; token++) {
          if ((word & (1 << (token - first))) === 0) logits[token] = Number.NEGATIVE_INFINITY
        }
      }
      // Ids that the tokenizer does not know.
      logits.fill(Number.NEGATIVE_INFINITY, Math.min(words.length * 32, logits.length))
    },
    accept(token) {
      if (native.isTerminated()) return endTokens.has(token)
      isCurrent = false
      return token < vocabularySize && native.acceptToken(token)
    },
    dispose: () => native.dispose(),
  }
}
