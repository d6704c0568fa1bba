/**
 * An answer's fingerprints against a verifier's own states of it.
 * @module
 */
import { tokensPerWindow, windowsFilled } from '@weft/protocol'
import { compareFingerprint, type Likeness } from './fingerprint.ts'

export type LikenessesInit = {
  /** float32 [tokens, width], of the whole answer. */
  hiddenStates: Float32Array
  /** Of the whole answer. */
  tokens: number
  /** Where the node began; the window that it fell into is the first. */
  firstToken: number
}

/** @param fingerprints of the windows that the node filled, all of them. @throws MalformedError */
export function likenessesOf(
  fingerprints: readonly Uint8Array[],
  { hiddenStates, tokens, firstToken }: LikenessesInit,
): Likeness[] {
  const windowStates = (hiddenStates.length / tokens) * tokensPerWindow
  const first = windowsFilled(0, firstToken)
  return fingerprints.map((fingerprint, index) => {
    const at = (first + index) * windowStates
    return compareFingerprint(fingerprint, hiddenStates.subarray(at, at + windowStates))
  })
}
