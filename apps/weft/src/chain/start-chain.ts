/**
 * A chain of this folder's own: anvil, the contracts on it, and money for who wants to try.
 * @module
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clients } from '@weft/contracts/deploy'
import { developmentChainId, type Network } from '@weft/contracts/networks'
import {
  type Account,
  createPublicClient,
  createTestClient,
  createWalletClient,
  defineChain,
  http,
  parseEther,
} from 'viem'
import { mnemonicToAccount } from 'viem/accounts'
import type { Connect } from 'vite'
import { startAnvilProcess } from './anvil-process.ts'
import { chainMiddleware, creditsPath, faucetPath, rpcPath } from './chain-middleware.ts'
import { createCreditRelay } from './credit-relay.ts'
import { deployOnce } from './deploy-once.ts'
import { createFaucet } from './faucet.ts'

export type LocalChain = {
  /** As it is now: after a crash the contracts may be at other addresses. */
  network(): Network
  /** Answers for it under the site's own address. */
  middleware: Connect.NextHandleFunction
  /** The contracts were deployed at this start. */
  isNew: boolean
  /** Of anvil, as it runs now. */
  pid(): number | undefined
  stop(): Promise<void>
}

export type LocalChainInit = {
  /** The chain's state and where its contracts are. */
  stateFolder: string
  stopping: AbortSignal
  /** Told what a person should know of its life. */
  say: (sentence: string) => void
}

const chainName = 'Local chain'

/** Anvil's accounts: everybody knows their keys, nobody keeps anything there. The second submits tickets. */
const mnemonic = 'test test test test test test test test test test test junk'

/** @throws Error where anvil does not run on this platform, or does not start */
export async function startChain(init: LocalChainInit): Promise<LocalChain> {
  const { stateFolder, stopping, say } = init
  await mkdir(stateFolder, { recursive: true })
  const keptFile = join(stateFolder, 'contracts.json')
  const anvil = await startAnvilProcess({
    stateFile: join(stateFolder, 'chain.json'),
    stopping,
    onStateLost: (asideFile) =>
      say(`The chain’s state could not be read: it begins anew. What was there is ${asideFile}.`),
    onRestart: () =>
      void redeploy().then(
        () => say('The chain had ended and is up again, from what it saved seconds before.'),
        (error: unknown) => say(`The chain is up again without its contracts: ${error}`),
      ),
    onLost: (reason) =>
      say(`The chain ended and does not come back (${reason}). Payments are off; the rest works.`),
  })
  const clients = createClients(anvil.url)
  let { contracts, isNew } = await deployOnce(clients, keptFile)
  async function redeploy(): Promise<void> {
    contracts = (await deployOnce(clients, keptFile)).contracts
  }
  const faucet = createFaucet(() => ({ clients, token: contracts.token }))
  const relay = createClients(anvil.url, 1)
  const anvilsOwn = createTestClient({ mode: 'anvil', transport: http(anvil.url) })
  const credits = createCreditRelay(async () => {
    const { address } = relay.wallet.account
    await anvilsOwn.setBalance({ address, value: parseEther('1') })
    return { ...relay, chainId: developmentChainId, deployment: contracts }
  })
  return {
    network: () => ({
      chainId: developmentChainId,
      name: chainName,
      rpcUrls: [rpcPath],
      contracts,
      explorer: null,
      isTest: true,
      blockTimeMs: 1_000,
      fiatFeed: null,
      faucet: faucetPath,
      creditRelay: creditsPath,
    }),
    middleware: chainMiddleware({ rpcUrl: anvil.url, faucet, credits }),
    isNew,
    pid: anvil.pid,
    stop: anvil.stop,
  }
}

/** @param addressIndex - of anvil's accounts */
function createClients(url: string, addressIndex = 0): Clients {
  const account: Account = mnemonicToAccount(mnemonic, { addressIndex })
  const transport = http(url)
  const chain = defineChain({
    id: developmentChainId,
    name: chainName,
    nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
    rpcUrls: { default: { http: [url] } },
  })
  return {
    wallet: createWalletClient({ account, chain, transport }),
    reader: createPublicClient({ chain, transport, pollingInterval: 50 }),
  }
}
