/**
 * Unused tickets and bonds, back to the wallet that bought them.
 * @module
 */
import type { Tab } from '@weft/sdk'
import { loadPart } from '../ui/load-part.ts'
import type { PayingNetwork, WalletActions } from '../wallet/wallet-state.ts'
import { ticketsToGiveBack } from './purchase-words.ts'
import { proofSteps } from './spend-ticket.ts'
import type { Purchase } from './use-credits.ts'

type GiveBackInit = {
  credits: Tab['credits']
  wallet: WalletActions
  network: PayingNetwork
  purchase: Purchase
  onStep: (step: string) => void
  signal: AbortSignal
}

/** A ticket at a time, a proof and a transaction each. @throws what proofs, the wallet and the chain throw */
export async function giveBackTickets(init: GiveBackInit): Promise<void> {
  const { credits, wallet, network, purchase, onStep, signal } = init
  const all = ticketsToGiveBack(purchase)
  const { sender, asked } = await openSender(init)
  for (let index = 1; index <= all && !signal.aborted; index++) {
    const say = (step: string) => onStep(all > 1 ? `${index} of ${all}: ${step}` : step)
    await credits.withdraw(
      {
        id: purchase.id,
        reader: wallet.credits(network),
        send: (ticket) => sender.withdraw(ticket, asked(say)),
      },
      { onStage: (stage) => say(proofSteps[stage]), signal },
    )
  }
  await wallet.refresh()
}

/** @throws what the wallet and the chain throw */
export async function takeBondBack(init: GiveBackInit): Promise<void> {
  const { credits, wallet, purchase, onStep } = init
  const { sender, asked } = await openSender(init)
  await sender.returnBond(purchase.denomination, purchase.member.identity, asked(onStep))
  await Promise.all([credits.refresh(), wallet.refresh()])
}

async function openSender({ wallet, network }: Pick<GiveBackInit, 'wallet' | 'network'>) {
  const [{ network: _, ...clients }, { createCreditsWallet }] = await Promise.all([
    wallet.clients(),
    loadPart(() => import('@weft/payments/chain')),
  ])
  const sender = createCreditsWallet({ ...clients, deployment: network.contracts })
  const asked = (say: (step: string) => void) => {
    say('Your wallet asks you now.')
    return { onSent: () => say('It is sent. Waiting for a block.') }
  }
  return { sender, asked }
}
