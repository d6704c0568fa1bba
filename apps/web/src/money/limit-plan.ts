/**
 * What it takes to let a page spend.
 * @module
 */
import type { AccountOnChain } from '@weft/payments/chain'
import type { PageFunds } from './page-funds.ts'

/** Locked beside a limit, as the contract says it: a tenth. */
export const bondShare = 10n
const dayS = 86_400

export const limitDays = [
  ['1', 'For a day'],
  ['7', 'For a week'],
  ['30', 'For 30 days'],
] as const

export type LimitPlan = {
  /** On top of what the page may spend already; a multiple of 10 wei, so that its bond is exact. */
  moreWei: bigint
  capWei: bigint
  /** Seconds since 1970; never earlier than it was. */
  expiry: number
  /** Limit and bond. */
  neededWei: bigint
  /** Whether what is deposited suffices: then nothing leaves the wallet. */
  isDeposited: boolean
  /** What the wallet lacks; 0 where it is enough. */
  missingWei: bigint
}

export function planLimit(
  { current }: Pick<PageFunds, 'current'>,
  { walletWei, depositWei }: Pick<AccountOnChain, 'walletWei' | 'depositWei'>,
  { typedWei, days, nowMs }: { typedWei: bigint; days: number; nowMs: number },
): LimitPlan {
  const moreWei = typedWei - (typedWei % bondShare)
  const neededWei = moreWei + moreWei / bondShare
  const isDeposited = depositWei >= neededWei
  const missingWei = isDeposited || walletWei >= neededWei ? 0n : neededWei - walletWei
  const expiry = Math.max(Math.floor(nowMs / 1000) + days * dayS, current?.collateral.expiry ?? 0)
  const capWei = (current?.collateral.capWei ?? 0n) + moreWei
  return { moreWei, capWei, expiry, neededWei, isDeposited, missingWei }
}
