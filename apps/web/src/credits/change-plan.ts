/**
 * What a ticket's key has left, and which tickets it makes.
 * @module
 */
import { changePriceWei, type TicketCosts } from './ticket-costs.ts'

export type ChangePlan = { denomination: number; count: number; valueWei: bigint }

/** As the contract says it. */
const mostTickets = 100n

/** @returns the tickets of one denomination that are worth most together; null where it is too little for one */
export function planChange(
  leftWei: bigint,
  denominations: readonly Omit<TicketCosts, 'capWei'>[],
): ChangePlan | null {
  let best: ChangePlan | null = null
  for (const [denomination, costs] of denominations.entries()) {
    const { valueWei } = costs
    const affordable = leftWei / changePriceWei(costs)
    const count = affordable < mostTickets ? affordable : mostTickets
    const isBetter = count * valueWei > (best ? BigInt(best.count) * best.valueWei : 0n)
    if (isBetter) best = { denomination, count: Number(count), valueWei }
  }
  return best
}
