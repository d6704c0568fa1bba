/**
 * The one shape in which every benchmark reports.
 * @module
 */
import type { ModelOptions } from './model-options.ts'

export type BenchReport = {
  name: string
  /** Medians and ratios, units in the names. */
  metrics: Record<string, number>
  /** What a reader has to know to believe them. */
  notes?: string[]
  /** The single cases behind the metrics. */
  rows?: BenchRow[]
}

export type BenchRow = Record<string, string | number>

export type BenchOptions = ModelOptions & {
  /** Paired runs; each bench has its own least number. */
  runs: number
  /** 0: the bench's own. */
  minutes: number
}

/** One benchmark: what it compares, and how. */
export type Bench = {
  describe: string
  /** Goals by metric, for the table. */
  goals: Record<string, string>
  run(options: BenchOptions): Promise<BenchReport>
}

/** @throws Error for an empty list */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted[sorted.length >> 1]
  if (middle === undefined) throw new Error('The median of nothing is not a number.')
  if (sorted.length % 2 === 1) return middle
  return (middle + (sorted[(sorted.length >> 1) - 1] ?? middle)) / 2
}

export function rounded(value: number, digits = 2): number {
  return Number(value.toFixed(digits))
}
