/**
 * What a payee has earned in all. Lanes whose time is over are forgotten; their sums are not.
 * @module
 */
import type { Earning } from './earning-lane.ts'

/** In wei, before the shares of the model's publisher and of the pools. */
export type EarningTotals = {
  /** Promised by vouchers, redeemed or not. */
  earnedWei: bigint
  redeemedWei: bigint
  /** Delivered and never promised: clients that walked away. */
  lostWei: bigint
}

/** The totals of all lanes that were forgotten, kept beside the lanes. */
export type PastEarnings = EarningTotals & { id: typeof pastId }
/** What a payee keeps. */
export type PayeeRecord = Earning | PastEarnings

const pastId = 'past'

export function isPast(record: PayeeRecord): record is PastEarnings {
  return record.id === pastId
}

export const nothingPast: PastEarnings = { id: pastId, earnedWei: 0n, redeemedWei: 0n, lostWei: 0n }

/** @returns the sums, `past` included */
export function totalOf(earnings: readonly Earning[], past: EarningTotals): EarningTotals {
  let { earnedWei, redeemedWei, lostWei } = past
  for (const { voucher, chain, lostWei: ofLane, paidBeforeWei } of earnings) {
    const promisedWei = voucher?.maxClaimableWei ?? 0n
    earnedWei += (promisedWei > chain.paidWei ? promisedWei : chain.paidWei) - paidBeforeWei
    redeemedWei += chain.paidWei - paidBeforeWei
    lostWei += ofLane
  }
  return { earnedWei, redeemedWei, lostWei }
}

/** @returns `past` with a lane that is forgotten now */
export function pastWith(past: PastEarnings, earning: Earning): PastEarnings {
  return { ...past, ...totalOf([earning], past) }
}
