/**
 * This tab becomes another peer, that a ticket pays for.
 * @module
 */
import { WeftError } from '@weft/protocol'
import type { Tab } from '@weft/sdk'
import { writeKeptPayer } from '../money/kept-payer.ts'
import { lookAtKey, readHeldOnChain } from '../money/key-holds.ts'
import type { Money } from '../money/money.ts'
import { whyKeepKey } from '../money/new-key-plan.ts'
import { loadPart } from '../ui/load-part.ts'
import type { PayingNetwork, WalletActions } from '../wallet/wallet-state.ts'
import { noRelay, submitToRelay } from './submit-to-relay.ts'

type Purchase = NonNullable<ReturnType<Tab['credits']['purchases']['get']>>[number]

type KeyInit = {
  tab: Tab
  money: Pick<Money, 'earn'>
  wallet: WalletActions
  network: PayingNetwork
  onStep: (step: string) => void
}

type SpendTicketInit = KeyInit & { purchase: Pick<Purchase, 'id'>; signal: AbortSignal }

export const proofSteps = {
  fetching: 'Fetching what proves: 6 MB, once.',
  computing: 'Computing the proof.',
  proving: 'Computing the proof: a few seconds.',
} as const

/**
 * Proves a ticket for the tab's next key and has it submitted; then this tab takes that key and the page opens again.
 * @throws WeftError `web/key-in-use`, `web/no-credit-relay`, `web/credit-relay`, `web/ticket-used-twice`; what proofs and the chain throw
 */
export async function spendTicket(init: SpendTicketInit): Promise<void> {
  const { tab, wallet, network, purchase, onStep, signal } = init
  const { chainId, contracts } = network
  if (!network.creditRelay) throw noRelay()
  await checkKeyIsFree(init)
  const key = await tab.purse.nextAddress('ticket')
  const relayed = await tab.credits.spend(
    { id: purchase.id, key, reader: wallet.credits(network), nowMs: Date.now() },
    { onStage: (stage) => onStep(proofSteps[stage]), signal },
  )
  onStep('Submitting it.')
  const { encodeRelayed } = await loadPart(() => import('@weft/payments/credits'))
  await submitToRelay(network, encodeRelayed(relayed), 'opened')
  writeKeptPayer(key, { chainId, payer: contracts.credits })
  await tab.purse.takeNextKey('ticket')
  location.reload()
}

/** A tab that leaves its ticket: the next key is one that any wallet can let spend. @throws WeftError `web/key-in-use` */
export async function leaveTicket(init: KeyInit): Promise<void> {
  await checkKeyIsFree(init)
  await init.tab.purse.takeNextKey('wallet')
  location.reload()
}

async function checkKeyIsFree({ tab, money, wallet, network, onStep }: KeyInit): Promise<void> {
  onStep('Looking what hangs on this tab’s key.')
  const account = await tab.purse.account()
  const clients = async () => ({ network, ...wallet.clientsOf(network, account) })
  const readChain = (address: `0x${string}`) =>
    readHeldOnChain({ clients, reader: wallet.reader }, address)
  const obstacle = whyKeepKey(await lookAtKey({ tab, money, readChain }))
  if (obstacle) throw new WeftError('web/key-in-use', obstacle)
}
