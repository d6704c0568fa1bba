/**
 * A batch as the contract takes it.
 * @module
 */
import type { Hex } from '@weft/protocol'
import { type CompactSignature, compactSignature } from '../signatures.ts'
import { createVoucherHasher, hashGrant } from '../typed-hashes.ts'
import type { Earning } from './earning-lane.ts'

type VoucherArgument = CompactSignature & { channelId: Hex; maxClaimableAmount: bigint }
type GrantArgument = CompactSignature & { signer: Hex; cap: bigint; expiry: bigint }

/** The arguments of `redeem` or `redeemGranted`. */
export type RedeemCall = { payee: Hex; model: Hex } & (
  | { isGranted: false; vouchers: VoucherArgument[] }
  | { isGranted: true; vouchers: { voucher: VoucherArgument; grant: GrantArgument }[] }
)

/** @param earnings - of one payee, one model and one kind, with vouchers */
export function redeemCall(
  { payee, model, isGranted }: { payee: Hex; model: Hex; isGranted: boolean },
  earnings: readonly Earning[],
): RedeemCall {
  if (!isGranted) return { payee, model, isGranted, vouchers: earnings.flatMap(voucherOf) }
  const vouchers = earnings.flatMap((earning) =>
    voucherOf(earning).flatMap((voucher) => grantOf(earning).map((grant) => ({ voucher, grant }))),
  )
  return { payee, model, isGranted, vouchers }
}

function voucherOf({ voucher, funds, lane }: Earning): VoucherArgument[] {
  if (!voucher) return []
  const { maxClaimableWei, signature } = voucher
  const hash = createVoucherHasher(funds, lane)(maxClaimableWei)
  const compact = compactSignature(hash, signature, lane.signer)
  const { channelId } = lane
  return compact ? [{ channelId, maxClaimableAmount: maxClaimableWei, ...compact }] : []
}

function grantOf({ funds, lane }: Earning): GrantArgument[] {
  const { grant } = funds
  if (!grant) return []
  const hash = hashGrant(funds, { ...grant, grantee: lane.signer })
  const compact = compactSignature(hash, grant.signature, grant.signer)
  const { signer, capWei, expiry } = grant
  return compact ? [{ signer, cap: capWei, expiry: BigInt(expiry), ...compact }] : []
}
