/**
 * What this tab's key has left of the ticket that opened it, and tickets for it.
 * @module
 */
import type { Tab } from '@weft/sdk'
import { useEffect, useState } from 'react'
import { useTab } from '../site/tab-context.tsx'
import { loadPart } from '../ui/load-part.ts'
import type { PayingNetwork, WalletActions } from '../wallet/wallet-state.ts'
import type { ChangePlan } from './change-plan.ts'
import { submitToRelay } from './submit-to-relay.ts'
import type { Purchase } from './use-credits.ts'

export type KeyLeftOnChain = {
  capWei: bigint
  /** Of it, redeemed or reserved. */
  committedWei: bigint
  /** Beside it, until the key's time is over. */
  lockedWei: bigint
  /** Collected for it, behind its time. */
  notedWei: bigint
  /** From then on it can buy tickets. */
  fromMs: number
}

/** Null where no ticket opened this tab's key. Read again when `purchases` change. */
export function useKeyLeft(
  wallet: WalletActions | null,
  network: PayingNetwork,
  purchases: readonly Purchase[] | null,
): KeyLeftOnChain | null {
  const tab = useTab()
  const [left, setLeft] = useState<KeyLeftOnChain | null>(null)
  useEffect(() => {
    let isOver = false
    if (!tab || !wallet || !purchases) return
    readKeyLeft({ tab, wallet, network, purchases }).then(
      (now) => isOver || setLeft(now),
      () => {}, // Shown when the chain is looked at again.
    )
    return () => {
      isOver = true
    }
  }, [tab, wallet, network, purchases])
  return left
}

type ReadInit = {
  tab: Tab
  wallet: WalletActions
  network: PayingNetwork
  purchases: readonly Purchase[]
}

async function readKeyLeft(init: ReadInit): Promise<KeyLeftOnChain | null> {
  const { tab, wallet, network, purchases } = init
  const { address } = await tab.purse.account()
  const key = address.toLowerCase() as `0x${string}`
  if (!purchases.some(({ keys }) => keys.includes(key))) return null
  const { privateChannelOf } = await loadPart(() => import('@weft/payments/chain'))
  const channelId = privateChannelOf(network.contracts.credits)
  const reader = await wallet.reader(network)
  const [{ capWei, committedWei, bondWei, availableAt }, notedWei] = await Promise.all([
    reader.readCollateral({ channelId, signer: key }),
    wallet.credits(network).remainder(key),
  ])
  return { capWei, committedWei, lockedWei: bondWei, notedWei, fromMs: 1000 * availableAt }
}

type ChangeInit = {
  tab: Tab
  network: PayingNetwork
  plan: ChangePlan
  onStep: (step: string) => void
}

/** A secret is drawn and kept first. @throws WeftError `web/no-credit-relay`, `web/credit-relay` */
export async function buyWithLeft({ tab, network, plan, onStep }: ChangeInit): Promise<void> {
  const { denomination, count } = plan
  const { chainId, contracts } = network
  onStep('Buying.')
  const contract = contracts.credits.toLowerCase() as `0x${string}`
  const at = { chainId, contract, denomination }
  const [{ signChange }, { encodeRelayed }, account] = await Promise.all([
    loadPart(() => import('@weft/payments/chain')),
    loadPart(() => import('@weft/payments/credits')),
    tab.purse.account(),
  ])
  const { identity } = await tab.credits.prepare(at, count)
  const change = await signChange(account, { ...at, identity, count })
  await submitToRelay(network, encodeRelayed(change), 'changed')
  await tab.credits.refresh()
}
