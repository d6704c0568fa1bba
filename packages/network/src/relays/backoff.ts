/**
 * How long to wait before dialling a relay again.
 * @module
 */
const firstMs = 500
const factor = 1.5
/** A restarted relay is found again within this, and a relay that is gone costs little. */
const maxMs = 5_000
/** One that is there and has no time: every try costs it a handshake that it may not end. */
const maxBusyMs = 15_000
const busyFactor = 2

/** Where another relay is there: who comes back late spares this one, to which all come at once. */
const [calmMinMs, calmMaxMs] = [2_000, 45_000]

export type Failures = {
  /** Of this kind in a row. */
  count: number
  /** Whether the last one was a relay that took the line and did not answer in time. */
  isBusy: boolean
}

export type BackoffOptions = {
  /** No other relay is there. */
  isNeeded: boolean
  /** 0 to 1. */
  random?: () => number
}

/**
 * Grows from 0.5 s to 5 s, to 15 s for a relay that is too busy; its upper half is random, so that the
 * tabs of a restarted relay do not all come at once. A relay that nobody waits for has 2 to 45 s.
 */
export function backoffMs(
  { count, isBusy }: Failures,
  { isNeeded, random = Math.random }: BackoffOptions,
): number {
  if (!isNeeded) return Math.round(calmMinMs + random() * (calmMaxMs - calmMinMs))
  const growth = (isBusy ? busyFactor : factor) ** Math.min(count, 20)
  const ceiling = Math.min(isBusy ? maxBusyMs : maxMs, firstMs * growth)
  return Math.round(ceiling * (0.5 + random() / 2))
}
