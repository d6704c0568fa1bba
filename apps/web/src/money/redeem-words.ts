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

/**
 * @param gasWei - what the tab's own key has for fees; null before that is known
 * @param fromWei - from so much on it redeems
 */
export function byItselfSentence(gasWei: bigint | null, fromWei: bigint): string {
  if (gasWei === null) return 'Looking whether this tab can redeem by itself.'
  const when = `from ${weft(fromWei)} on, and some hours before anything would be lost`
  return gasWei === 0n
    ? `This tab can redeem by itself, ${when}, once its own key has coins for the fees. Your wallet pays them once, for about ten times; what is left stays with the key.`
    : `This tab redeems by itself, ${when}, as long as it is open. Its own key pays the fees and has ${shortAmount(gasWei)} ETH for them.`
}
