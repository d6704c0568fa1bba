/**
 * What an amount is worth in money of a state: a hint beside the amount that counts.
 * @module
 */
import type { FiatRate } from '@weft/payments/chain'

const weiDigits = 18
/** Smaller worths are told by two digits that say something. */
const leastRounded = 0.01

/** e.g. `about $0.41`, `about $0.0000032`; empty for nothing, and where no rate is known */
export function aboutWords(wei: bigint, rate: FiatRate | null): string {
  if (!rate || wei <= 0n) return ''
  const { currency, answer, decimals } = rate
  // A number holds fifteen digits of it: more than anybody reads.
  const worth = Number(wei * answer) / 10 ** (weiDigits + decimals)
  const digits =
    worth < leastRounded
      ? { maximumSignificantDigits: 2, minimumFractionDigits: 0 }
      : { minimumFractionDigits: 2, maximumFractionDigits: 2 }
  return `about ${new Intl.NumberFormat('en', { style: 'currency', currency, ...digits }).format(worth)}`
}
