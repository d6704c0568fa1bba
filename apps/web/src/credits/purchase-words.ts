/**
 * What can be done with a purchase of tickets, and until when.
 * @module
 */
import { momentWords } from '../money/time-words.ts'
import type { Purchase } from './use-credits.ts'

/** As `toWithdraw` of the payments room, which is loaded when somebody proves. */
const toWithdraw = `0x${'0'.repeat(39)}1`
/** A ticket shows a bond that is there until the end of tomorrow. */
const spendMarginMs = 2 * 86_400_000

type Tickets = Pick<Purchase, 'count' | 'keys'>

/** Those that nothing was done with, and those whose way back failed. */
export function ticketsToGiveBack({ count, keys }: Tickets): number {
  return count - keys.length + keys.filter((key) => key === toWithdraw).length
}

export function canSpend({ count, keys, member }: Tickets & BondTime, nowMs: number): boolean {
  return keys.length < count && nowMs + spendMarginMs < Number(member.expiry) * 1000
}

type BondTime = { member: Pick<Purchase['member'], 'expiry' | 'isBondTaken'> }

/** Its time is over, and nobody has taken it. */
export function isBondFree({ member }: BondTime, nowMs: number): boolean {
  return !member.isBondTaken && nowMs > Number(member.expiry) * 1000
}

export function bondWords({ member }: BondTime, bond: string, nowMs: number): string {
  if (member.isBondTaken) return 'Its bond is gone: it was taken back, or a ticket was used twice.'
  if (isBondFree({ member }, nowMs)) return `Its bond of ${bond} can be taken back.`
  return `Its bond of ${bond} can be taken back from ${momentWords(Number(member.expiry), nowMs)}.`
}
