/**
 * What this tab may spend, in plain words.
 * @module
 */

import type { KeyChannel } from '@weft/payments/chain'
import { weft } from './amounts.ts'
import { momentWords, spanWords } from './time-words.ts'

type Limit = { capWei: bigint; expiry: number }

/** e.g. `This tab may spend up to 2.00 WEFT until tomorrow, 14:05.` @param who - may spend it */
export function limitSentence({ capWei, expiry }: Limit, nowMs: number, who = 'This tab'): string {
  return `${who} may spend up to ${weft(capWei)} until ${momentWords(expiry, nowMs)}.`
}

/** What a deposit takes out of the wallet, and why it is more than the limit. */
export function depositSentence({
  capWei,
  takenWei,
}: {
  capWei: bigint
  takenWei: bigint
}): string {
  return `${weft(takenWei)} leave the wallet: the limit, and ${weft(takenWei - capWei)} that stay locked as long as it does. They are lost only where more is promised than the limit, which Weft does not do.`
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

/** Of what a wallet had let this tab spend before a ticket paid. @param withdrawDelay - in seconds */
export function earlierLimitSentence(withdrawDelay: number): string {
  return `A limit that a wallet had allowed this tab before is not lost: what is left of it can be taken back ${spanWords(2 * withdrawDelay)} after its end. Open Wallet in another tab of this browser and connect that wallet there. This one does not look at it, so that nobody can tie the ticket to it.`
}
