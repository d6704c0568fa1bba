/**
 * A new key for a tab: what it takes, and what stands against it.
 * @module
 */
import type { AccountOnChain } from '@weft/payments/chain'
import { shortAmount, weft } from './amounts.ts'
import type { KeyHolds } from './key-holds.ts'
import { bondShare } from './limit-plan.ts'
import { spanWords } from './time-words.ts'

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

type Told = {
  /** In seconds. */
  withdrawDelay: number
  /** What the key has for fees. */
  gasWei: bigint
}

/** What becomes of the limit, and of the coins for fees. */
export function newKeySentence({ capWei }: NewKeyPlan, { withdrawDelay, gasWei }: Told): string {
  const limit =
    capWei > 0n
      ? `The new key may spend ${weft(capWei)} until the same end, out of what is deposited.`
      : 'Then allow the new key a limit.'
  const coins =
    gasWei > 0n ? ` This key has ${shortAmount(gasWei)} ETH for fees: they are lost with it.` : ''
  return `What this tab spends is signed by its key, and nodes know it by that. Your wallet ends the time of this one; the page opens again with a new one, as another peer. ${limit} What this one has not spent comes back in ${spanWords(2 * withdrawDelay)}.${coins}`
}

export const unknownHolds = 'What hangs on its key cannot be known now. Try again later.'

/**
 * @param told - what the person was told of the key before
 * @returns why this key must stay for now, undefined where nothing hangs on it but coins for fees that were told of
 */
export function whyKeepKey(holds: KeyHolds, told: Pick<KeyHolds, 'gasWei'> = holds) {
  const { isServing, redeemableWei, claimableWei, stakeWei, unbondingWei, gasWei } = holds
  if (isServing) {
    return 'This tab serves, and what it earns is promised to its key: switch Serve off first, under Contribute.'
  }
  if (redeemableWei === null) return unknownHolds
  if (redeemableWei > 0n || claimableWei > 0n) {
    return 'This tab has earned something with its key: redeem and claim it first, under Contribute.'
  }
  if (stakeWei > 0n || unbondingWei > 0n) {
    return 'Something is at stake for this key: take it back first, under Contribute.'
  }
  if (gasWei > told.gasWei) return 'Coins for fees have come to this key meanwhile.'
}
