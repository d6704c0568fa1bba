/**
 * What the screens see of a wallet.
 * @module
 */
import type { Network } from '@weft/contracts/networks'
import type {
  AccountOnChain,
  ChainClients,
  ChannelsReader,
  CreditsReader,
  FiatRate,
} from '@weft/payments/chain'
import type { Hex, WeftErrorData } from '@weft/protocol'
import type { Account } from 'viem'

/** A network on which jobs can be paid. */
export type PayingNetwork = Network & { contracts: NonNullable<Network['contracts']> }

/** A wallet that this browser offers. */
export type WalletChoice = {
  id: string
  name: string
  /** A `data:` image of its own, or null. */
  icon: string | null
  /** The one that Weft brings along for a development chain: its key lives in this browser. */
  isDevelopment: boolean
}

/** In all of them, `error` is what went wrong last, until something goes right. */
export type WalletState =
  | { phase: 'loading' }
  /** There is no chain to pay on: everything is free. */
  | { phase: 'off'; error: WeftErrorData }
  | { phase: 'none'; choices: WalletChoice[]; error: WeftErrorData | null }
  | { phase: 'connecting'; choice: WalletChoice }
  /** `network` is what to switch to. */
  | {
      phase: 'wrong-network'
      address: Hex
      choice: WalletChoice
      chainId: number
      network: PayingNetwork
      error: WeftErrorData | null
    }
  | {
      phase: 'connected'
      address: Hex
      choice: WalletChoice
      network: PayingNetwork
      /** In wei; null until they are read. */
      balances: AccountOnChain | null
      error: WeftErrorData | null
    }

/** None of these rejects unless it says so: what went wrong is in the state, as a sentence. */
export type WalletActions = {
  connect(choiceId: string): Promise<void>
  disconnect(): Promise<void>
  switchNetwork(chainId: number): Promise<void>
  /** Reads the balances again. */
  refresh(): Promise<void>
  /** Fills the connected wallet from the faucet of a development chain. */
  fill(): Promise<void>
  /** The networks on which jobs can be paid, the wanted one first. */
  readonly networks: readonly PayingNetwork[]
  /** Reads a network's contracts; needs no wallet. @throws WeftError `payments/chain-lost`, `payments/not-deployed` */
  reader(network: PayingNetwork): Promise<ChannelsReader>
  /** Reads private credits; needs no wallet. */
  credits(network: PayingNetwork): CreditsReader
  /** What the token is worth there, where a feed says so; needs no wallet. @throws WeftError `payments/chain-lost` */
  fiatRate(network: PayingNetwork): Promise<FiatRate | null>
  /** The same for an account that asks nobody: this tab's own key. */
  clientsOf(network: PayingNetwork, account: Account): ChainClients
  /** To send with, for `createChannelsWallet`. @throws WeftError `web/no-wallet`, `payments/wrong-network` */
  clients(): Promise<ChainClients & { network: PayingNetwork }>
}
