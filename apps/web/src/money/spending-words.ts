/**
 * What this page may spend, in plain words.
 * @module
 */

import { weft } from './amounts.ts'
import type { KeyChannel } from './page-funds.ts'
import { momentWords, spanWords } from './time-words.ts'

type Limit = { capWei: bigint; expiry: number }

/** e.g. `This page may spend up to 2.00 WEFT until tomorrow, 14:05.` */
export function limitSentence({ capWei, expiry }: Limit, nowMs: number): string {
  return `This page may spend up to ${weft(capWei)} until ${momentWords(expiry, nowMs)}.`
}

/** What a deposit takes out of the wallet, and why it is more than the limit. */
export function depositSentence({
  capWei,
  takenWei,
}: {
  capWei: bigint
  takenWei: bigint
}): string {
  return `${weft(takenWei)} leave the wallet: the limit, and ${weft(takenWei - capWei)} that stay locked as long as it does. A page that promises more than its limit loses them; yours cannot.`
}

/** How long what is locked takes to come back. @param withdrawDelay - in seconds */
export function waitSentence(withdrawDelay: number): string {
  return `What is not spent comes back ${spanWords(2 * withdrawDelay)} after the end: nodes have ${spanWords(withdrawDelay)} to redeem what they were promised, and as long again to prove a broken promise.`
}

/** Of a channel whose time is over. */
export function pastSentence(
  { collateral: { availableAt } }: Pick<KeyChannel, 'collateral'>,
  nowMs: number,
): string {
  return nowMs >= availableAt * 1000
    ? 'It can be taken back now.'
    : `It can be taken back from ${momentWords(availableAt, nowMs)} on.`
}
