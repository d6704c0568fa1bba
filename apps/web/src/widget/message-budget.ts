/**
 * How many messages somebody may send: a burst, then so many a second.
 * @module
 */

export type Budget = {
  /** @returns whether one more is within it */
  take(): boolean
  /** So many were refused that nobody sends them by mistake. */
  isSpent(): boolean
}

export type BudgetInit = { burst: number; perSecond: number; nowMs?: () => number }

/** So many times its burst is no mistake. */
const floodTimes = 10

export function createBudget({
  burst,
  perSecond,
  nowMs = () => performance.now(),
}: BudgetInit): Budget {
  let left = burst
  let refused = 0
  let lastMs = nowMs()
  return {
    take() {
      const now = nowMs()
      left = Math.min(burst, left + ((now - lastMs) / 1000) * perSecond)
      lastMs = now
      if (left < 1) {
        refused += 1
        return false
      }
      left -= 1
      return true
    },
    isSpent: () => refused >= burst * floodTimes,
  }
}
