/**
 * How far two lists of logits are apart.
 * @module
 */

/** @throws RangeError when they are not as long as each other, or not numbers */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  requireNumbers(a, b)
  let most = 0
  for (let at = 0; at < a.length; at += 1)
    most = Math.max(most, Math.abs((a[at] ?? 0) - (b[at] ?? 0)))
  return most
}

/** Euclidean length of the difference over that of `a`. @throws RangeError as above */
export function relativeDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  requireNumbers(a, b)
  let [apart, power] = [0, 0]
  for (let at = 0; at < a.length; at += 1) {
    apart += ((a[at] ?? 0) - (b[at] ?? 0)) ** 2
    power += (a[at] ?? 0) ** 2
  }
  return Math.sqrt(apart / power)
}

function requireNumbers(a: ArrayLike<number>, b: ArrayLike<number>): void {
  if (a.length !== b.length) throw new RangeError(`${a.length} numbers against ${b.length}.`)
  for (const list of [a, b]) {
    if (list.length === 0 || Array.from(list).some(Number.isNaN))
      throw new RangeError('No numbers.')
  }
}
