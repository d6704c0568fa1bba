/**
 * When vouchers go to the chain: when they are worth the gas, or when they would soon be worth nothing.
 * @module
 */

import type { Hex } from '@weft/protocol'
import { sum } from '../amounts.ts'
import type { CreditPolicy } from './credit-policy.ts'

/** A lane with something to redeem. */
export type RedeemableLane = {
  id: Hex
  model: Hex
  isGranted: boolean
  /** What redeeming now would pay. */
  wei: bigint
  /** The last second in which its vouchers pay, since 1970. */
  deadline: number
  /** The spender was revoked, or competes with other payees for the last of its cap. */
  isEnding: boolean
}

/** What one transaction redeems: vouchers for one payee and one model, of one kind. */
export type Batch = {
  model: Hex
  isGranted: boolean
  /** At most 50, the most valuable first. */
  laneIds: Hex[]
  wei: bigint
  /** The first second, since 1970, after which some of it is lost. */
  deadline: number
  /** Because time presses, not because it is worth the gas. */
  isUrgent: boolean
}

/** A batch of 50 costs 1.4 million gas: it fits into any block, and a larger one saves nothing more. */
const lanesInBatch = 50

/** @returns what to redeem now, the urgent first; a lane that is not worth its gas never, even if it ends */
export function planRedemption(
  lanes: readonly RedeemableLane[],
  { policy, nowMs }: { policy: CreditPolicy; nowMs: number },
): Batch[] {
  const isUrgent = ({ deadline, isEnding }: RedeemableLane) =>
    isEnding || nowMs >= deadline * 1000 - policy.redeemBeforeMs
  const worth = lanes.filter(
    ({ wei, deadline }) => wei > 0n && wei >= policy.redeemLaneFromWei && nowMs < deadline * 1000,
  )
  const groups = Map.groupBy(worth, ({ model, isGranted }) => `${model}/${isGranted}`)
  return [...groups.values()]
    .flatMap((group) => batchesOf(group, isUrgent))
    .filter((batch) => batch.isUrgent || batch.wei >= policy.redeemBatchFromWei)
    .toSorted((a, b) => Number(b.isUrgent) - Number(a.isUrgent))
}

/** Of lanes of one model and kind. */
function batchesOf(lanes: RedeemableLane[], isUrgent: (lane: RedeemableLane) => boolean): Batch[] {
  const sorted = lanes.toSorted(
    (a, b) => Number(isUrgent(b)) - Number(isUrgent(a)) || (a.wei < b.wei ? 1 : -1),
  )
  const batches: Batch[] = []
  while (sorted.length > 0) {
    const batch = sorted.splice(0, lanesInBatch)
    const [first] = batch
    if (!first) break
    batches.push({
      model: first.model,
      isGranted: first.isGranted,
      laneIds: batch.map(({ id }) => id),
      wei: sum(batch.map(({ wei }) => wei)),
      deadline: Math.min(...batch.map(({ deadline }) => deadline)),
      isUrgent: batch.some(isUrgent),
    })
  }
  return batches
}
