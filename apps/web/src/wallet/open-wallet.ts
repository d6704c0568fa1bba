/**
 * One wallet for the page, over wagmi: those that announce themselves (EIP-6963), and on a development chain
 * one that Weft brings along. No service of anybody's is asked.
 * @module
 */
import {
  type Connector,
  connect,
  createConfig,
  createStorage,
  disconnect,
  getConnection,
  getPublicClient,
  getWalletClient,
  reconnect,
  switchChain,
  watchConnection,
  watchConnectors,
} from '@wagmi/core'
import {
  type ChannelsReader,
  createChannelsReader,
  createCreditsReader,
  readFiatRate,
  wrongNetwork,
} from '@weft/payments/chain'
import type { WeftErrorData } from '@weft/protocol'
import { type Chain, createWalletClient, type PublicClient } from 'viem'
import type { Store } from '../site/store.ts'
import { developmentWallet, developmentWalletId } from './development-wallet.ts'
import { chainOf, payingNetworks, transportOf } from './paying-networks.ts'
import { faucetRefused, noChain, noWallet, walletError } from './wallet-errors.ts'
import type { PayingNetwork, WalletActions, WalletChoice, WalletState } from './wallet-state.ts'

const faucetTimeoutMs = 20_000

/** @throws WeftError `web/networks`, `web/no-chain` where nobody can be paid */
export async function openWallet(
  configured: unknown,
  state: Store<WalletState>,
): Promise<WalletActions> {
  const networks = payingNetworks(configured)
  const [wanted] = networks
  if (!wanted) throw noChain()
  const config = createWagmi(networks)
  const readers = new Map<number, Promise<ChannelsReader>>()

  const networkOf = (chainId: number) => networks.find((each) => each.chainId === chainId)

  /** Says where the wallet is now; `error` is what the last action came to. */
  function tell(error: WeftErrorData | null = null): void {
    state.update((before) => stateNow(before, error))
  }
  function stateNow(before: WalletState, error: WeftErrorData | null): WalletState {
    const { address, chainId, connector, status } = getConnection(config)
    if (!address || !connector || chainId === undefined) {
      if (status === 'connecting' && before.phase === 'connecting') return before
      return { phase: 'none', choices: config.connectors.map(choiceOf), error }
    }
    const choice = choiceOf(connector)
    const network = networkOf(chainId)
    if (!network) {
      const expected = wanted as PayingNetwork
      return { phase: 'wrong-network', address, choice, chainId, network: expected, error }
    }
    const isSame =
      before.phase === 'connected' && before.address === address && before.network === network
    const balances = isSame ? before.balances : null
    return { phase: 'connected', address, choice, network, balances, error }
  }

  /** What goes wrong is told, not thrown. */
  async function telling(action: () => Promise<unknown>): Promise<void> {
    try {
      await action()
      tell()
    } catch (error) {
      tell(walletError(error).toJSON())
    }
  }

  function reader(network: PayingNetwork): Promise<ChannelsReader> {
    const { chainId, contracts } = network
    const known = readers.get(chainId)
    if (known) return known
    const client = getPublicClient(config, { chainId }) as PublicClient
    const made = createChannelsReader({ reader: client, chainId, deployment: contracts })
    readers.set(chainId, made)
    made.catch(() => readers.delete(chainId)) // Asked again next time.
    return made
  }

  async function readBalances(): Promise<void> {
    const asked = state.get()
    if (asked.phase !== 'connected') return
    const balances = await (await reader(asked.network)).readAccount(asked.address)
    state.update((now) => {
      const isStill =
        now.phase === 'connected' && now.address === asked.address && now.network === asked.network
      if (!isStill) return now
      const error = now.error?.code === 'payments/chain-lost' ? null : now.error
      return { ...now, balances, error }
    })
  }

  /** Leaves what went wrong before, unless it was this. */
  async function refresh(): Promise<void> {
    await readBalances().catch((error) => tell(walletError(error).toJSON()))
  }

  async function fill(): Promise<void> {
    const now = state.get()
    if (now.phase !== 'connected' || !now.network.faucet) return
    const response = await fetch(now.network.faucet, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ address: now.address }),
      signal: AbortSignal.timeout(faucetTimeoutMs),
    })
    if (!response.ok) throw faucetRefused(response.status)
    await readBalances()
  }

  await reconnect(config).catch(() => {}) // Then none is connected.
  tell()
  void refresh()
  watchConnectors(config, {
    onChange: () => state.get().phase === 'none' && tell(),
  })
  watchConnection(config, {
    onChange: () => {
      tell()
      void refresh()
    },
  })

  return {
    networks,
    refresh,
    reader,
    fill: () => telling(fill),
    connect: (choiceId) =>
      telling(async () => {
        const connector = config.connectors.find(({ id }) => id === choiceId)
        if (!connector) throw noWallet()
        state.update(() => ({ phase: 'connecting', choice: choiceOf(connector) }))
        await connect(config, { connector })
        tell()
        await readBalances()
        const now = state.get()
        const isEmpty = now.phase === 'connected' && now.balances?.gasWei === 0n
        if (connector.id === developmentWalletId && isEmpty) await fill()
      }),
    credits({ chainId, contracts }) {
      const client = getPublicClient(config, { chainId }) as PublicClient
      return createCreditsReader({ reader: client, chainId, deployment: contracts })
    },
    async fiatRate({ chainId, fiatFeed }) {
      const client = getPublicClient(config, { chainId }) as PublicClient
      return fiatFeed && readFiatRate(client, fiatFeed)
    },
    disconnect: () => telling(() => disconnect(config)),
    switchNetwork: (chainId) => telling(() => switchChain(config, { chainId })),
    clientsOf(network, account) {
      const { chainId } = network
      const client = getPublicClient(config, { chainId }) as PublicClient
      const init = { account, chain: chainOf(network), transport: transportOf(network) }
      return { chainId, reader: client, wallet: createWalletClient(init) }
    },
    async clients() {
      const now = state.get()
      if (now.phase === 'wrong-network') throw wrongNetwork(now.network.chainId, now.chainId)
      if (now.phase !== 'connected') throw noWallet()
      const { network } = now
      const { chainId } = network
      try {
        const client = getPublicClient(config, { chainId }) as PublicClient
        return {
          network,
          chainId,
          reader: client,
          wallet: await getWalletClient(config, { chainId }),
        }
      } catch (error) {
        throw walletError(error)
      }
    },
  }
}

function createWagmi(networks: PayingNetwork[]) {
  const chains = networks.map(chainOf) as unknown as [Chain, ...Chain[]]
  const local = networks.findIndex(({ faucet }) => faucet !== null)
  const localChain = chains[local]
  return createConfig({
    chains,
    transports: Object.fromEntries(networks.map((each) => [each.chainId, transportOf(each)])),
    connectors: localChain ? [developmentWallet(localChain)] : [],
    storage: createStorage({ key: 'weft.wallet', storage: keptStorage() }),
  })
}

/** Without storage a wallet stays connected as long as the page. */
function keptStorage() {
  const kept = new Map<string, string>()
  try {
    return window.localStorage
  } catch {
    return {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
      removeItem: (key: string) => void kept.delete(key),
    }
  }
}

function choiceOf({ id, name, icon }: Connector): WalletChoice {
  return {
    id,
    name,
    icon: icon?.startsWith('data:image/') ? icon : null,
    isDevelopment: id === developmentWalletId,
  }
}
