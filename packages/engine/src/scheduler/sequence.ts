/**
 * One run of tokens through the decoder: a prompt that is read, then one token after the other for as
 * long as its owner has another.
 * @module
 */
import type { WeftError } from '@weft/protocol'

/** What the model says behind one token. Arrays are valid during the call, and may be written to. */
export type Output = {
  /** Of the token just read, from 0 at the prompt's beginning. */
  position: number
  /** float32 [vocabulary] */
  logits: Float32Array
  /**
   * Each float32 [width]: of this position and of those before it that were not handed out yet, in order. Empty
   * until they are, see `statesEvery`, and where the graph shows none.
   */
  hiddenStates: readonly Float32Array[]
  /** Tokens of the prompt so far that were copied from another cache instead of computed. */
  cachedTokens: number
}

export type Sequence = {
  /** At least one token. */
  readonly prompt: readonly number[]
  /** From this position on every position's output is wanted; the last one for an answer. */
  readonly firstOutput: number
  /**
   * Null where nobody asks for hidden states. Else those of the prompt come as it is read, and those behind it
   * whenever so many positions are full, counted from `firstOutput`: each time a device is waited for.
   */
  readonly statesEvery: number | null
  /**
   * The largest so many logits decide what it takes, the others may be -Infinity; every one when null
   * or not said. With 1 it takes the largest, as a rule: the model may then read on before it is asked.
   */
  readonly logitsNeeded?: number | null
  /** Whether it may begin with, and leave behind, what others read. */
  readonly keepsPrefix: boolean
  /** Its owner lost interest: dropped before the next step. */
  readonly signal: AbortSignal
  /** False while its owner is behind in reading; ask `wake` of the scheduler when that changes. */
  isWanted(): boolean
  /**
   * What it throws ends this sequence, and no other.
   * @returns the token to read next, or null when there is none; during the prompt it is ignored
   */
  take(output: Output): number | null
  /** Called once, unless aborted: with null behind the last output, else with what went wrong. */
  end(error: WeftError | null): void
}
