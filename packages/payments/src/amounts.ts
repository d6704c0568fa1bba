/**
 * Bigints have no Math.
 * @module
 */
export function least(a: bigint, b: bigint): bigint {
  if (a < b) return a
  return b
}

export function most(a: bigint, b: bigint): bigint {
  if (a > b) return a
  return b
}

/** @returns 0 instead of what is below */
export function positive(wei: bigint): bigint {
  return most(wei, 0n)
}

export function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n)
}
