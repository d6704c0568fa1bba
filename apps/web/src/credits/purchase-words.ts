/**
 * What can be done with a purchase of tickets, and until when.
 * @module
 */
import { weft } from '../money/amounts.ts'
import { momentWords } from '../money/time-words.ts'
import { unspentWei } from '../money/unspent.ts'
import { count } from '../row/summary.ts'
import type { ChangePlan } from './change-plan.ts'
import type { Purchase } from './use-credits.ts'
import type { KeyLeftOnChain } from './use-key-left.ts'

/** As `toWithdraw` of the payments room, which is loaded when somebody proves. */
const toWithdraw = `0x${'0'.repeat(39)}1`
/** A ticket shows a bond that is there until the end of tomorrow. */
const spendMarginMs = 2 * 86_400_000

type Tickets = Pick<Purchase, 'count' | 'keys'>

/** Those that nothing was done with, and those whose way back failed. */
export function ticketsToGiveBack({ count: all, keys }: Tickets): number {
  return all - keys.length + keys.filter((key) => key === toWithdraw).length
}

export function canSpend(
  { count: all, keys, member }: Tickets & { member: Pick<BondTime['member'], 'expiry'> },
  nowMs: number,
): boolean {
  return keys.length < all && nowMs + spendMarginMs < Number(member.expiry) * 1000
}

type BondTime = { member: Pick<Purchase['member'], 'expiry' | 'isBondTaken' | 'isChange'> }

/** Its time is over, and nobody has taken it. */
export function isBondFree({ member }: BondTime, nowMs: number): boolean {
  return !member.isBondTaken && nowMs > Number(member.expiry) * 1000
}

export function bondWords({ member }: BondTime, bond: string, nowMs: number): string {
  if (member.isChange) {
    return 'Bought with what a key had left: these tickets can be spent, and nothing of them comes back.'
  }
  if (member.isBondTaken) return 'Its bond is gone: it was taken back, or a ticket was used twice.'
  if (isBondFree({ member }, nowMs)) return `Its bond of ${bond} can be taken back.`
  return `Its bond of ${bond} can be taken back from ${momentWords(Number(member.expiry), nowMs)}.`
}

export type KeyLeft = {
  unspentWei: bigint
  /** Beside it, so that the key keeps its word; it counts when tickets are bought. */
  lockedWei: bigint
  /** From then on it can buy tickets. */
  fromMs: number
}

/** @param promisedWei - by this tab's accounts, which the chain may not know yet. @returns null where nothing is left */
export function leftOf(onChain: KeyLeftOnChain, promisedWei: bigint | null): KeyLeft | null {
  const { lockedWei, notedWei, fromMs } = onChain
  const leftWei = notedWei + unspentWei(onChain, promisedWei ?? 0n)
  return leftWei + lockedWei > 0n ? { unspentWei: leftWei, lockedWei, fromMs } : null
}

/** What this tab's key has left of its ticket. @param plan - null where it is too little for any ticket */
export function keyLeftWords(left: KeyLeft, plan: ChangePlan | null, nowMs: number): string {
  const { unspentWei, lockedWei, fromMs } = left
  const locked = lockedWei > 0n ? `, and ${weft(lockedWei)} locked beside it` : ''
  const has = `This tab’s key has ${weft(unspentWei)} of its ticket not spent${locked}.`
  if (!plan) {
    const lost =
      lockedWei > 0n ? 'what is locked is lost, and so is what is not spent' : 'it is lost'
    return `${has} That is too little for another ticket: ${lost} when its week is over. The treasury gets it.`
  }
  if (nowMs < fromMs) {
    return `${has} From ${momentWords(fromMs / 1000, nowMs)} it can buy ${ticketsWords(plan)}, if this tab still has the key: with the next ticket it takes another, and what this one has left is lost.`
  }
  return `${has} It can buy ${ticketsWords(plan)}, which nothing ties to your wallet either. They can be spent, and do not come back. The rest is lost.`
}

export function changeWords(plan: ChangePlan): string {
  return `Buy ${ticketsWords(plan)} with it`
}

function ticketsWords(plan: ChangePlan): string {
  return `${count(plan.count, 'ticket')} of ${weft(plan.valueWei)}`
}
