/**
 * What hangs on the tab's key, looked at anew: a tab that changes its key overwrites the one it had.
 * @module
 */
import type { Hex } from '@weft/protocol'
import type { Cell, NodeState, Purse } from '@weft/sdk'
import { loadPart } from '../ui/load-part.ts'
import type { WalletActions } from '../wallet/wallet-state.ts'
import type { Money } from './money.ts'

/** By what the chain says of the key, in wei. */
type HeldOnChain = {
  /** Redeemed and not claimed yet. */
  claimableWei: bigint
  stakeWei: bigint
  unbondingWei: bigint
  /** Coins for fees. */
  gasWei: bigint
}

export type KeyHolds = HeldOnChain & {
  /** What this tab earns is promised to this key. */
  isServing: boolean
  /** Null where it is not known. */
  redeemableWei: bigint | null
}

type Switch = { state: Cell<Pick<NodeState, 'phase'>> }

type LookAtKeyInit = {
  tab: Record<'node' | 'head' | 'layers', Switch> & {
    purse: Pick<Purse, 'address' | 'earnings' | 'refresh'>
  }
  money: Pick<Money, 'earn'>
  readChain(address: Hex): Promise<HeldOnChain>
}

const timeoutMs = 60_000

/** @throws WeftError where anything of it cannot be known, such as `payments/chain-lost` */
export async function lookAtKey({ tab, money, readChain }: LookAtKeyInit): Promise<KeyHolds> {
  const { purse, node, head, layers } = tab
  const isServing = () =>
    [node, head, layers].some(({ state }) => !['off', 'failed'].includes(state.get().phase))
  const wasServing = isServing()
  // What earlier visits earned lies in accounts that are not open before that.
  await money.earn()
  await purse.refresh({ signal: AbortSignal.timeout(timeoutMs) })
  // Before the chain is read: what is redeemed from here on can be claimed there.
  const redeemableWei = purse.earnings.get()?.redeemableWei ?? null
  const onChain = await readChain(purse.address)
  return { ...onChain, redeemableWei, isServing: wasServing || isServing() }
}

/** @throws WeftError `web/no-wallet`, `payments/wrong-network`, `payments/chain-lost` */
export async function readHeldOnChain(
  wallet: Pick<WalletActions, 'clients' | 'reader'>,
  address: Hex,
): Promise<HeldOnChain> {
  const [{ network, reader }, { readOperator }] = await Promise.all([
    wallet.clients(),
    loadPart(() => import('@weft/payments/chain')),
  ])
  const [{ stakeWei, unbondingWei }, { depositWei, gasWei }] = await Promise.all([
    readOperator({ reader, deployment: network.contracts }, address),
    wallet.reader(network).then((channels) => channels.readAccount(address)),
  ])
  return { claimableWei: depositWei, stakeWei, unbondingWei, gasWei }
}
