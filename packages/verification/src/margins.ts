/**
 * Token-DiFR's score of many margins (Karvonen et al., "DiFR: Inference Verification Despite
 * Nondeterminism", arXiv 2511.20621): each is clipped, so that one token outside S_t, which happens to
 * honest devices at the edge of a top-p, weighs no more than the largest honest margin; then the mean
 * is taken. Over the whole answer a cheat could hide behind an honest beginning, so every stretch of
 * some lengths is looked at.
 * @module
 */
import type { Thresholds, WindowLimit } from '@weft/protocol'

/** The stretch of one length whose mean is largest. */
export type Stretch = {
  /** Index of its first margin. */
  start: number
  /** Margins in it: the window's, or fewer where the answer is shorter. */
  tokens: number
  /** In logits, over the window's length: what a short answer lacks counts as 0. */
  mean: number
  limit: WindowLimit
}

/**
 * @param margins in logits, 0 to Infinity
 * @returns by window of the thresholds, in their order; the first of equal stretches
 */
export function worstStretches(
  margins: ArrayLike<number>,
  { marginClip, windows }: Pick<Thresholds, 'marginClip' | 'windows'>,
): Stretch[] {
  const sums = new Float64Array(margins.length + 1)
  for (let index = 0; index < margins.length; index++) {
    sums[index + 1] = (sums[index] ?? 0) + Math.min(margins[index] ?? 0, marginClip)
  }
  return windows.map((limit) => {
    const tokens = Math.min(limit.tokens, margins.length)
    let start = 0
    let most = 0
    for (let end = tokens; end < sums.length; end++) {
      const sum = (sums[end] ?? 0) - (sums[end - tokens] ?? 0)
      if (sum > most) [most, start] = [sum, end - tokens]
    }
    return { start, tokens, mean: most / limit.tokens, limit }
  })
}

/**
 * One number that orders answers by how little they look like the model's: 1 where a limit is reached.
 * @param by which limit
 */
export function severity(stretches: readonly Stretch[], by: 'suspicious' | 'failed'): number {
  return Math.max(0, ...stretches.map(({ mean, limit }) => mean / limit[by]))
}
