/**
 * A new key for a tab: what it takes, and what stands against it.
 * @module
 */
import type { AccountOnChain } from '@weft/payments/chain'
import { weft } from './amounts.ts'
import { bondShare } from './limit-plan.ts'
import { spanWords } from './time-words.ts'
import type { OperatorState } from './use-operator.ts'

export type NewKeyPlan = {
  /** What the new key may spend at once: what is left, where the deposit suffices for it. 0: nothing yet. */
  capWei: bigint
}

/** @param leftWei - of the limit, not promised */
export function planNewKey(
  leftWei: bigint,
  { depositWei }: Pick<AccountOnChain, 'depositWei'>,
): NewKeyPlan {
  const capWei = leftWei - (leftWei % bondShare)
  return { capWei: depositWei >= capWei + capWei / bondShare ? capWei : 0n }
}

/** What becomes of the limit. @param withdrawDelay - in seconds */
export function newKeySentence({ capWei }: NewKeyPlan, withdrawDelay: number): string {
  const limit =
    capWei > 0n
      ? `The new key may spend ${weft(capWei)} until the same end, out of what is deposited.`
      : 'Then allow the new key a limit.'
  return `What this tab spends is signed by its key, and nodes know it by that. Your wallet ends the time of this one; the page opens again with a new one, as another peer. ${limit} What this one has not spent comes back in ${spanWords(2 * withdrawDelay)}.`
}

type Earned = {
  redeemableWei: bigint
  operator: Pick<OperatorState, 'claimableWei' | 'stakeWei' | 'unbondingWei'>
}

/** @returns why this key must stay for now, undefined where nothing hangs on it */
export function whyKeepKey({ redeemableWei, operator }: Earned): string | undefined {
  if (redeemableWei > 0n || operator.claimableWei > 0n) {
    return 'This tab has earned something with its key: redeem and claim it first, under Contribute.'
  }
  if (operator.stakeWei > 0n || operator.unbondingWei > 0n) {
    return 'Something is at stake for this key: take it back first, under Contribute.'
  }
}
