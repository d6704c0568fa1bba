/**
 * How long to wait before dialling a relay again.
 * @module
 */
const firstMs = 500
/** A restarted relay is found again within this, and a relay that is gone costs little. */
const maxMs = 5_000

/**
 * Doubles from 0.5 s to 5 s; the upper half is random, so that the tabs of a restarted relay do not
 * all come at once.
 * @param failures - in a row, from 0
 */
export function backoffMs(failures: number, random: () => number = Math.random): number {
  const ceiling = Math.min(maxMs, firstMs * 2 ** Math.min(failures, 10))
  return Math.round(ceiling * (0.5 + random() / 2))
}
