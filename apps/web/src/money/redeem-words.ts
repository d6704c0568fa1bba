/**
 * What can be redeemed, until when, and by whom, in words.
 * @module
 */
import { shortAmount, weft } from './amounts.ts'
import { momentWords } from './time-words.ts'

/** e.g. `0.42 WEFT can be redeemed. Do it before Friday 28 November, 14:05, or it is lost.` */
export function redeemBySentence(wei: bigint, deadline: number, nowMs: number): string {
  return `${weft(wei)} can be redeemed. Do it before ${momentWords(deadline, nowMs)}, or it is lost.`
}

type Fees = {
  /** What the tab's own key has for them; null before that is known. */
  gasWei: bigint | null
  /** What one redemption takes at most; null before that is known. */
  feeWei: bigint | null
}

/** Whether the key may be unable to pay for another redemption. */
export function lacksFees({ gasWei, feeWei }: Fees): boolean {
  return gasWei !== null && feeWei !== null && gasWei < feeWei
}

/** @param fromWei - from so much on it redeems @param redeemableWei - so far */
export function byItselfSentence(fees: Fees, fromWei: bigint, redeemableWei: bigint): string {
  const { gasWei } = fees
  if (gasWei === null) return 'Looking whether this tab can redeem by itself.'
  const so = redeemableWei < fromWei ? ` (${weft(redeemableWei)} so far)` : ''
  const when = `from ${weft(fromWei)} on${so}, and some hours before anything would be lost`
  if (!lacksFees(fees)) {
    return `This tab redeems by itself, ${when}, as long as it is open. Its own key pays the fees and has ${shortAmount(gasWei)} ETH for them.`
  }
  const has =
    gasWei > 0n ? ` It has ${shortAmount(gasWei)} ETH, which may be too little for one more.` : ''
  return `This tab can redeem by itself, ${when}, once its own key has coins for the fees.${has} Your wallet pays them once, for about ten times; what is left stays with the key.`
}
