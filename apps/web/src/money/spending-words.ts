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

type Left = { leftWei: bigint; withdrawDelay: number }

/** What a ticket leaves behind of a wallet's limit; null where nothing. @param withdrawDelay - in seconds */
export function beforeTicketSentence({ leftWei, withdrawDelay }: Left): string | null {
  if (leftWei === 0n) return null
  return `${weft(leftWei)} of your wallet’s limit are not spent. With a ticket this tab takes another key and cannot spend them any more. They are not lost: end the limit on Wallet, by “Stop spending now” before, or from another tab by “Stop its spending” later. What is left can be taken back ${spanWords(2 * withdrawDelay)} after the end.`
}

/** Of a key that a wallet lets spend, and that is not this tab's. @param withdrawDelay - in seconds */
export function elsewhereSentence(
  limit: Limit,
  { nowMs, withdrawDelay }: { nowMs: number; withdrawDelay: number },
): string {
  const may = limitSentence(limit, nowMs, 'Another key of this browser')
  return `${may} Another tab pays with it, or no tab has it any more: a ticket or a new key took its place. What is left can be taken back ${spanWords(2 * withdrawDelay)} after the end.`
}

/** Of what a wallet had let this tab spend before a ticket paid. @param withdrawDelay - in seconds */
export function earlierLimitSentence(withdrawDelay: number): string {
  return `A limit that a wallet had allowed this tab before is not lost: what is left of it can be taken back ${spanWords(2 * withdrawDelay)} after its end. Open Wallet in another tab of this browser, connect that wallet there, and press “Stop its spending” to end it now. This one does not look at it, so that nobody can tie the ticket to it.`
}
