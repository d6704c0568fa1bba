/**
 * What a redemption must be worth, as the owner of this tab says it.
 * @module
 */
import { freePrice } from '@weft/protocol'
import type { WorthRedeeming } from '@weft/sdk'
import { readPreference } from '../site/preferences.ts'
import { parseAmount } from './amounts.ts'
import { dearerWei, parsePrice } from './price-words.ts'

/** Of a full batch: fifty lanes take 0.9 million, 1.7 the first time. */
export const redemptionGas = 1_500_000n

/** For a tab that asks nothing any more, and has something to redeem still: 0.01. */
const leastWei = 10n ** 16n

/**
 * By the price that is asked now.
 * @param typed - empty, or no amount: what a million tokens cost
 */
export function worthRedeeming(typed = readPreference('redeemFrom')): WorthRedeeming {
  const price = parsePrice(readPreference('priceAsked')).price ?? freePrice
  const usualWei = dearerWei(price)
  const { wei = 0n } = parseAmount(typed)
  return { price, fromWei: wei > 0n ? wei : usualWei > 0n ? usualWei : leastWei }
}
