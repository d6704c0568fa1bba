/**
 * This tab as a contributor, as the chain knows it: who owns it, its stake, what it can claim.
 * @module
 */
import type { OperatorOnChain } from '@weft/payments/chain'
import type { Hex, WeftErrorData } from '@weft/protocol'
import { useCallback, useEffect, useState } from 'react'
import { toData } from '../site/open-site.ts'
import { loadPart } from '../ui/load-part.ts'
import type { WalletActions } from '../wallet/wallet-state.ts'

export type OperatorState = OperatorOnChain & {
  /** Redeemed and not claimed yet, in wei. */
  claimableWei: bigint
  /** Of what is redeemed, for the pools; the publisher's share depends on the model. */
  poolsBps: number
}

type Read = { operator: OperatorState | null; error: WeftErrorData | null }

/**
 * @param wallet - null while none is connected: then nothing is read
 * @param redeemedWei - what it can claim has changed with that
 */
export function useOperator(
  wallet: WalletActions | null,
  tabAddress: Hex,
  redeemedWei = 0n,
): Read & { refresh: () => Promise<void> } {
  const [read, setRead] = useState<Read>({ operator: null, error: null })
  const refresh = useCallback(async () => {
    if (!wallet) return
    try {
      const [{ network, reader }, { readOperator }] = await Promise.all([
        wallet.clients(),
        loadPart(() => import('@weft/payments/chain')),
      ])
      const deployment = network.contracts
      const channels = await wallet.reader(network)
      const [operator, { depositWei }, poolsBps] = await Promise.all([
        readOperator({ reader, deployment }, tabAddress),
        channels.readAccount(tabAddress),
        channels.readPoolsBps(),
      ])
      setRead({ operator: { ...operator, claimableWei: depositWei, poolsBps }, error: null })
    } catch (error) {
      setRead((before) => ({ ...before, error: toData(error) }))
    }
  }, [wallet, tabAddress])
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is redeemed can be claimed.
  useEffect(() => void refresh(), [refresh, redeemedWei])
  return { ...read, refresh }
}
