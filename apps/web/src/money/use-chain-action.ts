/**
 * One thing that a person does with a wallet: what it waits for, what failed, and what the chain says after it.
 * @module
 */
import type {
  ChannelsWallet,
  CreditsWallet,
  LendingWallet,
  RegistryWallet,
  SendOptions,
  VerdictsWallet,
} from '@weft/payments/chain'
import type { Hex, WeftErrorData } from '@weft/protocol'
import { useState } from 'react'
import { toData } from '../site/open-site.ts'
import { useMoney } from '../site/tab-context.tsx'
import { loadPart } from '../ui/load-part.ts'
import type { PayingNetwork, WalletActions } from '../wallet/wallet-state.ts'
import { redemptionGas } from './worth-redeeming.ts'

export type ChainTools = {
  channels: ChannelsWallet
  registry: RegistryWallet
  verdicts: VerdictsWallet
  credits: CreditsWallet
  lending: LendingWallet
  /** Coins for the fees of about ten redemptions. */
  sendFees(to: Hex, options: SendOptions): Promise<unknown>
  network: PayingNetwork
  options: SendOptions
}

export type ChainAction = {
  /** What is waited for, null while nothing is. */
  step: string | null
  error: WeftErrorData | null
  /** One at a time. @returns whether it is done */
  run(action: (tools: ChainTools) => Promise<unknown>): Promise<boolean>
}

const feesGas = 10n * redemptionGas

const asking = 'Your wallet asks you now.'
const sent = 'It is sent. Waiting for a block.'

/** @param wallet - null while its script is not loaded: then nothing can be done */
export function useChainAction(wallet: WalletActions | null): ChainAction {
  const money = useMoney()
  const [step, setStep] = useState<string | null>(null)
  const [error, setError] = useState<WeftErrorData | null>(null)

  async function run(action: (tools: ChainTools) => Promise<unknown>): Promise<boolean> {
    if (!wallet || step) return false
    setStep(asking)
    setError(null)
    try {
      const [{ network, ...clients }, chain] = await Promise.all([
        wallet.clients(),
        loadPart(() => import('@weft/payments/chain')),
      ])
      const init = { ...clients, deployment: network.contracts }
      const options: SendOptions = { onSent: () => setStep(sent) }
      await action({
        channels: chain.createChannelsWallet(init),
        registry: chain.createRegistryWallet(init),
        verdicts: chain.createVerdictsWallet(init),
        credits: chain.createCreditsWallet(init),
        lending: chain.createLendingWallet(init),
        network,
        async sendFees(to, how) {
          const { maxFeePerGas } = await clients.reader.estimateFeesPerGas()
          return chain.sendCoins(clients, { to, wei: feesGas * maxFeePerGas }, how)
        },
        options,
      })
      await Promise.all([wallet.refresh(), money.look(clients.wallet.account.address, network)])
      return true
    } catch (thrown) {
      setError(toData(thrown))
      void wallet.refresh()
      return false
    } finally {
      setStep(null)
    }
  }
  return { step, error, run }
}
