/**
 * How long to wait before dialling a relay again.
 * @module
 */
const firstMs = 500
const factor = 1.5
/** A restarted relay is found again within this, and a relay that is gone costs little. */
const maxMs = 5_000

/**
 * Grows from 0.5 s to 5 s; its upper half is random, so that the tabs of a restarted relay do not
 * all come at once.
 * @param failures - in a row, from 0
 */
export function backoffMs(failures: number, random: () => number = Math.random): number {
  const ceiling = Math.min(maxMs, firstMs * factor ** Math.min(failures, 20))
  return Math.round(ceiling * (0.5 + random() / 2))
}
