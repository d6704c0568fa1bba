/**
 * How sure a median is, whatever its values are distributed like.
 * @module
 */
import { median } from './report.ts'

export type MedianInterval = { median: number; low: number; high: number }

/**
 * The median of paired runs, and the bounds between which the true one lies in at least 95 of 100 repetitions: two
 * of the values, by the binomial distribution. Below six values the outermost ones, which is less sure.
 * @throws Error for an empty list
 */
export function medianInterval(values: readonly number[]): MedianInterval {
  const sorted = values.toSorted((a, b) => a - b)
  const { length } = sorted
  // How likely the true median lies below the `rank`th value: all but `rank` heads of `length` coins.
  let rank = 0
  let ways = 1
  let tail = 1 / 2 ** length
  for (;;) {
    ways = (ways * (length - rank)) / (rank + 1)
    tail += ways / 2 ** length
    if (tail > 0.025 || rank + 1 > (length - 1) / 2) break
    rank += 1
  }
  const [low, high] = [sorted[rank], sorted[length - 1 - rank]]
  if (low === undefined || high === undefined) throw new Error('No values, no median.')
  return { median: median(sorted), low, high }
}
