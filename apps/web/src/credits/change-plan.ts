/**
 * What a ticket's key has left, and which tickets it makes.
 * @module
 */
import type { DenominationOnChain } from '@weft/payments/chain'

export type ChangePlan = { denomination: number; count: number; valueWei: bigint }

type Costs = Pick<DenominationOnChain, 'valueWei' | 'bondWei' | 'feeWei'>

/** As the contract says it. */
const mostTickets = 100n

/** @returns the tickets of one denomination that are worth most together; null where it is too little for one */
export function planChange(leftWei: bigint, denominations: readonly Costs[]): ChangePlan | null {
  let best: ChangePlan | null = null
  for (const [denomination, { valueWei, bondWei, feeWei }] of denominations.entries()) {
    const affordable = leftWei / (valueWei + bondWei + feeWei)
    const count = affordable < mostTickets ? affordable : mostTickets
    const isBetter = count * valueWei > (best ? BigInt(best.count) * best.valueWei : 0n)
    if (isBetter) best = { denomination, count: Number(count), valueWei }
  }
  return best
}
