/**
 * Proof that a key has promised more than its cap, out of what a payee was given by it. The vouchers of one payee
 * are enough: what others have redeemed is committed on chain.
 * @module
 */
import type { Hex, Voucher } from '@weft/protocol'
import { least, positive, sum } from '../amounts.ts'
import { type CompactSignature, compactSignature } from '../signatures.ts'
import { createVoucherHasher } from '../typed-hashes.ts'
import type { Earning } from './earning-lane.ts'
import { heldWei } from './lane-on-chain.ts'

/** A voucher whose channel is known, as the contract takes it. */
export type PromiseArgument = CompactSignature & {
  payee: Hex
  model: Hex
  maxClaimableAmount: bigint
}

/** What proves it, and what each lane has lost by it. */
export type OverPromise = {
  channelId: Hex
  signer: Hex
  /** In ascending order of their lanes' ids. */
  promises: PromiseArgument[]
}

/** @returns one for each key of which there is proof; a grant convicts nobody */
export function findOverPromises(earnings: readonly Earning[]): OverPromise[] {
  const own = earnings.filter(({ funds }) => !funds.grant)
  const spenders = Map.groupBy(own, ({ lane }) => `${lane.channelId}/${lane.signer}`)
  return [...spenders.values()].flatMap((lanes) => {
    const [first] = lanes
    if (!first || first.chain.isDisputed || !isOver(lanes)) return []
    const { channelId, signer } = first.lane
    const ascending = lanes.toSorted((a, b) => (a.id < b.id ? -1 : 1))
    return [{ channelId, signer, promises: ascending.flatMap(promiseOf) }]
  })
}

function isOver(lanes: readonly Earning[]): boolean {
  const more = sum(lanes.map((earning) => positive(best(earning) - heldWei(earning.chain))))
  // Read one after the other: the least room is what was read last.
  const room = lanes
    .map(({ chain }) => chain.capWei - chain.committedWei)
    .reduce((a, b) => least(a, b))
  return more > room
}

function promiseOf(earning: Earning): PromiseArgument[] {
  const { lane, funds } = earning
  const voucher = highest(earning)
  if (!voucher) return []
  const { maxClaimableWei, signature } = voucher
  const hash = createVoucherHasher(funds, lane)(maxClaimableWei)
  const compact = compactSignature(hash, signature, lane.signer)
  const { payee, model } = lane
  return compact ? [{ payee, model, maxClaimableAmount: maxClaimableWei, ...compact }] : []
}

function best(earning: Earning): bigint {
  return highest(earning)?.maxClaimableWei ?? 0n
}

/** Evidence may be older than a voucher that was believed later: the cap was raised. */
function highest({ voucher, evidence }: Earning): Voucher | null {
  if (!voucher || !evidence) return voucher ?? evidence
  return evidence.maxClaimableWei > voucher.maxClaimableWei ? evidence : voucher
}
