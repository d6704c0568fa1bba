/**
 * What a payee must know of the chain, and what follows from it.
 * @module
 */

import type { Grant, WeftError } from '@weft/protocol'
import { least, most, positive } from '../amounts.ts'
import type { Lane } from '../lane.ts'
import { fundsEnded, fundsMissing } from '../payment-errors.ts'
import type { ContractRef } from '../typed-hashes.ts'

/** One lane, and the collateral of whoever spends on it. All amounts in wei. */
export type LaneOnChain = {
  /** Of the spender, 0 where it has none. */
  capWei: bigint
  /** What its cap owes already: over all lanes, the larger of paid and reserved. */
  committedWei: bigint
  /** Seconds since 1970; 0 where it was never authorised. Brought forward by a revocation. */
  expiry: number
  /** It was proved to have promised more than its cap. */
  isDisputed: boolean
  /** To this lane so far. */
  paidWei: bigint
  /** For this lane, from its first voucher on. */
  reservedWei: bigint
  /** Redeemed so far under the signer's grants to this client; 0 without a grant. */
  grantedWei: bigint
}

/** Reads one deployment of Channels. */
export interface ChannelsView {
  readonly contract: ContractRef
  /** From an expiry to the last moment at which vouchers pay, in seconds. */
  readonly withdrawDelay: number
  /** @throws WeftError `payments/chain-lost` */
  readLane(
    lane: Lane,
    options: { grant: Grant | null; signal?: AbortSignal | undefined },
  ): Promise<LaneOnChain>
}

/**
 * @param elsewhereWei - promised on other lanes of the spender, beyond what the chain holds for them
 * @returns the most that the lane's vouchers can say and be paid, were nothing else redeemed before: what is held
 *   for it in any case
 */
export function payableWei(state: LaneOnChain, grant: Grant | null, elsewhereWei = 0n): bigint {
  const byCap = heldWei(state) + positive(state.capWei - state.committedWei - elsewhereWei)
  if (!grant) return byCap
  const byGrant = state.paidWei + positive(grant.capWei - state.grantedWei)
  return least(byCap, byGrant)
}

/** What the cap owes the lane already. */
export function heldWei({ paidWei, reservedWei }: LaneOnChain): bigint {
  return most(paidWei, reservedWei)
}

/** @returns why vouchers on this lane are worth nothing from now on, undefined where they are */
export function whyWorthless(
  state: LaneOnChain,
  { grant, nowMs }: { grant: Grant | null; nowMs: number },
): WeftError | undefined {
  if (state.expiry === 0) return fundsMissing()
  const expiry = grant ? Math.min(grant.expiry, state.expiry) : state.expiry
  if (state.isDisputed || nowMs >= expiry * 1000) return fundsEnded(expiry)
}
