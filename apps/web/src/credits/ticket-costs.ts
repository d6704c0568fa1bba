/**
 * What becomes of each part of a ticket's price, in plain words, before it is bought.
 * @module
 */
import type { DenominationOnChain } from '@weft/payments/chain'
import { weft } from '../money/amounts.ts'

export type TicketCosts = Pick<DenominationOnChain, 'valueWei' | 'capWei' | 'bondWei' | 'feeWei'>

/** What a key pays for a ticket out of what it has left: nothing of it comes back, so the bond is part of it. */
export function changePriceWei({ valueWei, bondWei, feeWei }: Omit<TicketCosts, 'capWei'>): bigint {
  return valueWei + bondWei + feeWei
}

/** A sentence for each part. @param index - of the denomination */
export function ticketLines(index: number, denominations: readonly TicketCosts[]): string[] {
  const costs = denominations[index]
  if (!costs) return []
  const { valueWei, capWei, bondWei, feeWei } = costs
  const lockedWei = valueWei - capWei - feeWei
  return [
    `A ticket of ${weft(valueWei)} costs ${weft(valueWei + bondWei)}.`,
    `${weft(bondWei)} is your bond. The wallet can take it back 90 days later. Whoever uses a ticket twice loses it; this page does not.`,
    `${weft(capWei)} can be spent on answers, in the week after the ticket begins to pay.`,
    `${weft(feeWei)} goes to whoever submits the ticket.`,
    `${weft(lockedWei)} is locked so that its key cannot promise more than it has. Neither that nor what is not spent in the week comes back to a wallet. ${leftLine(costs, denominations)}`,
    `A ticket that is not used can be given back: all ${weft(valueWei)} to the wallet that bought it, and anybody can see that.`,
  ]
}

function leftLine(costs: TicketCosts, denominations: readonly TicketCosts[]): string {
  const mostWei = costs.valueWei - costs.feeWei
  const lockedWei = mostWei - costs.capWei
  const smallest = denominations.reduce((least, each) =>
    changePriceWei(each) < changePriceWei(least) ? each : least,
  )
  const neededWei = changePriceWei(smallest)
  if (mostWei < neededWei) {
    return 'Together that is never enough for another ticket: it is lost and goes to the treasury.'
  }
  const condition =
    lockedWei < neededWei ? `, if ${weft(neededWei - lockedWei)} or more was not spent` : ''
  return `Once the week is over and the tabs had time to redeem, both together can buy tickets that do not come back, ${weft(neededWei)} for a ticket of ${weft(smallest.valueWei)}${condition}: only in this tab, and only before it takes another key. The rest is lost and goes to the treasury.`
}
