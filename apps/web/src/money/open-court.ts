/**
 * Takes this tab to the court of the network that it is paid on: its key sends there by itself, as far as it has
 * coins for the fees.
 * @module
 */
import type { createVerdictsReader, createVerdictsWallet } from '@weft/payments/chain'
import type { Tab } from '@weft/sdk'
import { loadPart } from '../ui/load-part.ts'
import type { PayingNetwork, WalletActions } from '../wallet/wallet-state.ts'
import { worthRedeeming } from './worth-redeeming.ts'

type Init = Parameters<typeof createVerdictsReader>[0] & Parameters<typeof createVerdictsWallet>[0]

/** A check brings in far less than a batch of vouchers. */
const checkShare = 10_000n

/** @throws WeftError `payments/chain-lost`, `payments/not-deployed` */
export async function openCourt(
  { purse, court }: Pick<Tab, 'purse' | 'court'>,
  { wallet, network }: { wallet: WalletActions; network: PayingNetwork },
): Promise<void> {
  const chain = await loadPart(() => import('@weft/payments/chain'))
  const own = wallet.clientsOf(network, await purse.account())
  const init: Init = { ...own, deployment: network.contracts }
  const view = {
    ...(await chain.createVerdictsReader(init)),
    send: chain.createVerdictsWallet(init),
  }
  await court.use(view, { worthWei: () => worthRedeeming().fromWei / checkShare })
}
