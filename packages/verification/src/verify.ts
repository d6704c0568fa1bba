/**
 * What a verifier finds: a pure function of what a node signed, what an engine says of it, and how far
 * honest devices are from each other.
 * @module
 */
import { isCutShort, type Outcome, type Receipt, type Thresholds, WeftError } from '@weft/protocol'
import { isAlike, type Likeness } from './fingerprint.ts'
import { type Stretch, severity, worstStretches } from './margins.ts'

/** What is judged; that it belongs together was checked by `checkClaim`. */
export type Judged = {
  receipt: Pick<Receipt, 'firstToken' | 'outputTokens' | 'inputTokens' | 'finishReason'>
  /** As asked for. */
  maxTokens: number
  /** Of prompt and answer together, by the model's manifest. */
  contextTokens: number
}

/** What an engine says of the answer, asked as `questionOf` says. */
export type Scored = {
  inputTokens: number
  choices: { margins: Float64Array; chosen: Uint32Array } | null
  /**
   * Of the node's fingerprints with the verifier's own states, every 32 tokens from the node's first on;
   * none where it sent none.
   */
  likenesses: readonly Likeness[]
}

export type Finding = {
  outcome: Outcome
  /** Why, for people. */
  sentence: string
  /** In logits, of each choice of this node, its end included; Infinity where the model never would. */
  margins: Float64Array
  /** uint32, what the verifier's device chose there. */
  chosen: Uint32Array
  /** The stretch nearest to its limit, or furthest beyond; counted from the node's first token. */
  worst: Stretch | null
}

/**
 * @param answer all its tokens, also those that other nodes had made before
 * @throws WeftError `verification/bad-score` when the score is not one of this answer: that says nothing
 *   about the node
 */
export function verify(
  { answer, ...judged }: Judged & { answer: readonly number[] },
  { inputTokens, choices, likenesses }: Scored,
  thresholds: Thresholds,
): Finding {
  const { firstToken, outputTokens } = judged.receipt
  const count = choices?.margins.length ?? 0
  const fits = firstToken + outputTokens === answer.length
  if (!choices || !fits || count < answer.length || count > answer.length + 1) {
    const facts = [`Tokens: ${answer.length}`, `Choices: ${count}`]
    throw new WeftError('verification/bad-score', 'This score belongs to another answer.', {
      facts,
    })
  }
  const margins = choices.margins.slice(firstToken)
  const chosen = choices.chosen.slice(firstToken)
  const evidence = { inputTokens, margins, likenesses }
  const worst = worstStretches(margins, thresholds).reduce<Stretch | null>(nearerToFailing, null)
  const ground = groundOf(judged, evidence, thresholds)
  const sentence = sentenceOf(ground, { judged, evidence, worst })
  return { outcome: outcomes[ground], sentence, margins, chosen, worst }
}

/** What a verifier tells of an answer. */
export type Evidence = Pick<Scored, 'inputTokens' | 'likenesses'> & {
  /** In logits, 0 to Infinity, of the node's own choices. */
  margins: ArrayLike<number>
}

/** What follows from what somebody else has found. */
export function outcomeOf(judged: Judged, evidence: Evidence, thresholds: Thresholds): Outcome {
  return outcomes[groundOf(judged, evidence, thresholds)]
}

const outcomes = {
  'other-prompt': 'failed',
  'cut-short': 'failed',
  'other-tokens': 'failed',
  'other-computation': 'failed',
  'other-fingerprint': 'suspicious',
  'rare-tokens': 'suspicious',
  own: 'passed',
} as const satisfies Record<string, Outcome>
type Ground = keyof typeof outcomes

/** The first that applies. */
function groundOf(
  { receipt, ...room }: Judged,
  { inputTokens, margins, likenesses }: Evidence,
  thresholds: Thresholds,
): Ground {
  if (receipt.inputTokens !== inputTokens) return 'other-prompt'
  if (isCutShort(receipt, room)) return 'cut-short'
  const stretches = worstStretches(margins, thresholds)
  if (severity(stretches, 'failed') >= 1) return 'other-tokens'
  const { fingerprint } = thresholds
  const isRare = severity(stretches, 'suspicious') >= 1
  if (likenesses.some((each) => fingerprint && !isAlike(each, fingerprint))) {
    return isRare ? 'other-computation' : 'other-fingerprint'
  }
  return isRare ? 'rare-tokens' : 'own'
}

type SentenceInit = { judged: Judged; evidence: Evidence; worst: Stretch | null }

function sentenceOf(ground: Ground, { judged, evidence, worst }: SentenceInit): string {
  const { receipt } = judged
  const { inputTokens, margins } = evidence
  const far = worst
    ? `${where(worst)} are ${logits(worst.mean)} from this model’s own choices on average`
    : ''
  switch (ground) {
    case 'other-prompt':
      return `The node says that it read ${receipt.inputTokens} tokens; the conversation has ${inputTokens}.`
    case 'cut-short':
      return `The node says that there was room for no more than ${receipt.firstToken + receipt.outputTokens} tokens; there was.`
    case 'other-tokens':
      return `${far}; honest devices stay under ${logits(worst?.limit.failed ?? 0)}. This model, asked like this, did not choose them.`
    case 'other-computation':
      return `${far}, and the fingerprints of its computation are not this model’s. This model, asked like this, did not choose them.`
    case 'other-fingerprint':
      return 'It carries the fingerprint of another computation than this model’s. One check cannot tell.'
    case 'rare-tokens':
      return `${far}, which is rare among honest devices${evidence.likenesses.length > 0 ? ', though its fingerprints are this model’s' : ''}. One check cannot tell.`
    case 'own':
      return passed(margins)
  }
}

function nearerToFailing(best: Stretch | null, each: Stretch): Stretch {
  return best && best.mean / best.limit.failed >= each.mean / each.limit.failed ? best : each
}

function where({ start, tokens }: Stretch): string {
  return `Tokens ${start + 1} to ${start + tokens}`
}

function logits(mean: number): string {
  return `${mean.toPrecision(2)} logits`
}

function passed(margins: ArrayLike<number>): string {
  const equal = Array.from(margins).filter((margin) => margin === 0).length
  if (equal === margins.length) return `All ${equal} choices are the model’s own.`
  return `Of ${margins.length} choices ${equal} are the model’s own, and the others as near to it as honest devices come.`
}
