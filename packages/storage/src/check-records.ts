/**
 * What a tab remembers of how far an answer was checked.
 * @module
 */
import type { Hex, LikenessOnWire, Outcome, Verdict, WeftErrorData } from '@weft/protocol'

/**
 * How far an answer is to be checked. `signed`: its receipt alone; `sampled`: by another tab where the lot falls on
 * it; `always`: by another tab; `quorum`: that many tabs, 2 to 5, answer at once and are compared.
 */
export type Grade = 'signed' | 'sampled' | 'always' | { quorum: number }

/** What other tabs say of an answer, about the part that has a receipt. */
export type CheckRecord = {
  /**
   * `waiting`: for its lot, or for somebody who has time; `spared`: the lot did not fall on it; `decided`: by
   * the opinions; `given-up`: nobody else could be asked in time.
   */
  state: 'waiting' | 'spared' | 'decided' | 'given-up'
  /** Whether it is checked, and by whom: by these addresses alone, or by anybody. Null until that is known. */
  lot: { isSampled: boolean; drawn: readonly Hex[] | null } | null
  /** In the order in which they came. */
  opinions: Opinion[]
  /** Of most of the opinions; `suspicious` where they do not agree, and of a lone `failed`. Null without any. */
  outcome: Outcome | null
  /** Why it was given up. */
  error: WeftErrorData | null
}

/** What one verifier says. */
export type Opinion = {
  verifierPeerId: string
  outcome: Outcome
  /** The first token that it is about. */
  firstToken: number
  /** In logits, one for each choice, the end of the model included: 0 where the verifier chose the same. */
  margins: Float32Array
  /** Of the node's fingerprints, where the verifier looked at them. */
  likenesses: LikenessOnWire[]
  verdict: Verdict
  atMs: number
}

/** Where an app keeps an answer. */
export type AnswerPlace = { conversationId: string; turnId: string }
