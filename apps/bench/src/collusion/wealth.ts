/**
 * What somebody has on a chain, wherever it lies.
 * @module
 */
import type { DevelopmentChain } from '@weft/payments/testing'
import type { Hex } from '@weft/protocol'
import type { CourtView } from '@weft/sdk/testing'

/** A key with stake, and the wallet that owns it. */
export type Citizen = { address: Hex; owner: { address: Hex } }

export type Ledger = {
  view: Pick<CourtView, 'readStake' | 'readOwed'>
  chain: Pick<DevelopmentChain, 'channels'>
}

/** What all of them have together, in wei of the token. */
export async function wealthOf(
  { view, chain }: Ledger,
  citizens: readonly Citizen[],
): Promise<bigint> {
  const parts = citizens.flatMap(({ address, owner }) => [
    view.readStake(address),
    ...[address, owner.address].flatMap((account) => [
      view.readOwed(account),
      chain.channels
        .readAccount(account)
        .then(({ walletWei, depositWei }) => walletWei + depositWei),
    ]),
  ])
  return (await Promise.all(parts)).reduce((sum, wei) => sum + wei, 0n)
}
