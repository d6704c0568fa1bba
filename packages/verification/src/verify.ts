/**
 * What a verifier finds: a pure function of what a node signed, what an engine says of it, and how far
 * honest devices are from each other.
 * @module
 */
import { type Outcome, type Receipt, type Thresholds, WeftError } from '@weft/protocol'
import { isAlike, type Likeness } from './fingerprint.ts'
import { type Stretch, severity, worstStretches } from './margins.ts'

/** What is judged; that it belongs together was checked by `checkReceipt`. */
export type Judged = {
  receipt: Pick<Receipt, 'firstToken' | 'outputTokens' | 'inputTokens'>
  /** All tokens of the answer, also those that other nodes had made before. */
  answer: readonly number[]
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
 * @throws WeftError `verification/bad-score` when the score is not one of this answer: that says nothing
 *   about the node
 */
export function verify(
  { receipt, answer }: Judged,
  { inputTokens, choices, likenesses }: Scored,
  thresholds: Thresholds,
): Finding {
  const { firstToken, outputTokens } = receipt
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
  const stretches = worstStretches(margins, thresholds)
  const worst = stretches.reduce<Stretch | null>(nearerToFailing, null)
  const finding = { margins, chosen, worst }
  if (receipt.inputTokens !== inputTokens) {
    const sentence = `The node says that it read ${receipt.inputTokens} tokens; the conversation has ${inputTokens}.`
    return { ...finding, outcome: 'failed', sentence }
  }
  const isSuspicious = severity(stretches, 'suspicious') >= 1
  const { fingerprint } = thresholds
  const unlike = likenesses.findIndex((each) => fingerprint && !isAlike(each, fingerprint))
  if (worst && severity(stretches, 'failed') >= 1) {
    const sentence = `${where(worst)} are ${logits(worst.mean)} from this model’s own choices on average; honest devices stay under ${logits(worst.limit.failed)}. This model, asked like this, did not choose them.`
    return { ...finding, outcome: 'failed', sentence }
  }
  if (unlike >= 0) {
    const sentence = `Window ${unlike + 1} carries the fingerprint of another computation than this model’s.`
    return { ...finding, outcome: isSuspicious ? 'failed' : 'suspicious', sentence }
  }
  if (worst && isSuspicious) {
    const sentence = `${where(worst)} are ${logits(worst.mean)} from this model’s own choices on average, which is rare among honest devices. One check cannot tell.`
    return { ...finding, outcome: 'suspicious', sentence }
  }
  return { ...finding, outcome: 'passed', sentence: passed(margins) }
}

/**
 * What margins alone say, for who was told them by a verifier.
 * @param margins in logits, 0 to Infinity
 */
export function outcomeOf(margins: ArrayLike<number>, thresholds: Thresholds): Outcome {
  const stretches = worstStretches(margins, thresholds)
  if (severity(stretches, 'failed') >= 1) return 'failed'
  return severity(stretches, 'suspicious') >= 1 ? 'suspicious' : 'passed'
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

function passed(margins: Float64Array): string {
  const equal = margins.filter((margin) => margin === 0).length
  if (equal === margins.length) return `All ${equal} choices are the model’s own.`
  return `Of ${margins.length} choices ${equal} are the model’s own, and the others as near to it as honest devices come.`
}
