/**
 * What a contributor has earned, over all lanes.
 * @module
 */
import type { Earning } from '@weft/sdk'

/** In wei, before the shares of the model's publisher and of the pools. */
export type EarningSums = {
  /** Promised by vouchers, redeemed or not. */
  earnedWei: bigint
  redeemableWei: bigint
  redeemedWei: bigint
  /** Delivered and never promised: clients that walked away. */
  lostWei: bigint
}

export function sumEarnings(earnings: readonly Earning[]): EarningSums {
  const sums = { earnedWei: 0n, redeemableWei: 0n, redeemedWei: 0n, lostWei: 0n }
  for (const { voucher, chain, lostWei } of earnings) {
    const promisedWei = voucher?.maxClaimableWei ?? 0n
    const earnedWei = promisedWei > chain.paidWei ? promisedWei : chain.paidWei
    sums.earnedWei += earnedWei
    sums.redeemableWei += earnedWei - chain.paidWei
    sums.redeemedWei += chain.paidWei
    sums.lostWei += lostWei
  }
  return sums
}
