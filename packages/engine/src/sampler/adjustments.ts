/**
 * What a request adds to single logits: bias, repetition, frequency and presence penalties.
 *
 * For a logit z of a token, in doubles and in this order, rounded to float32 once at the end:
 *
 * 1. `z + bias`, for tokens of `logitBias`.
 * 2. `z > 0 ? z / repetitionPenalty : z * repetitionPenalty`, for tokens of prompt or answer; once,
 *    however often they occur (Keskar et al., "CTRL", section 4.1, in the form that Hugging Face's
 *    `RepetitionPenaltyLogitsProcessor` gave it).
 * 3. `z - count * frequencyPenalty - presencePenalty`, for tokens that the answer holds `count` times
 *    (OpenAI's API reference, "frequency and presence penalties").
 *
 * Other logits stay as they are.
 * @module
 */
import type { Sampling } from '@weft/protocol'

export type Adjustments = {
  /** True when no logit ever changes. */
  readonly isOff: boolean
  /** In place. @param logits float32 [vocabulary] */
  apply(logits: Float32Array): void
  /** Counts a token of the answer. */
  accept(token: number): void
}

type Entry = { token: number; bias: number; isSeen: boolean; count: number }

export function createAdjustments(sampling: Sampling, promptTokens: Iterable<number>): Adjustments {
  const { repetitionPenalty, frequencyPenalty, presencePenalty, logitBias } = sampling
  const repeats = repetitionPenalty !== 1
  const counts = frequencyPenalty !== 0 || presencePenalty !== 0
  const entries = new Map<number, Entry>()
  const entryOf = (token: number): Entry => {
    const known = entries.get(token)
    if (known) return known
    const entry = { token, bias: 0, isSeen: false, count: 0 }
    entries.set(token, entry)
    return entry
  }
  for (const { token, bias } of logitBias) entryOf(token).bias = bias
  if (repeats) for (const token of promptTokens) entryOf(token).isSeen = true

  const adjust = (logit: number, { bias, isSeen, count }: Entry): number => {
    let z = logit + bias
    if (isSeen) z = z > 0 ? z / repetitionPenalty : z * repetitionPenalty
    if (count > 0) z = z - count * frequencyPenalty - presencePenalty
    return z
  }
  return {
    isOff: !repeats && !counts && logitBias.length === 0,
    apply(logits) {
      for (const entry of entries.values()) {
        const logit = logits[entry.token]
        if (logit !== undefined) logits[entry.token] = adjust(logit, entry)
      }
    },
    accept(token) {
      if (!repeats && !counts) return
      const entry = entryOf(token)
      entry.isSeen = true
      entry.count += 1
    },
  }
}
