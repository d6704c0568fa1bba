/**
 * A deployment on a copy of a network, made by anvil: the same addresses and gas, and nothing is sent.
 * @module
 */
import {
  type Account,
  createPublicClient,
  createTestClient,
  createWalletClient,
  defineChain,
  http,
  parseEther,
} from 'viem'
import { startAnvil } from './anvil.ts'
import { type Clients, type Deployed, type DeployParameters, deployContracts } from './deploy.ts'

export type RehearsalInit = {
  rpcUrl: string
  chainId: number
  /** Who would send; needs no money here. */
  account: Account
  parameters: DeployParameters
}

/** @throws what a deployment throws, and Error where the network cannot be read */
export async function rehearseDeployment(init: RehearsalInit): Promise<Deployed[]> {
  const { rpcUrl, chainId, account, parameters } = init
  const anvil = await startAnvil({
    flags: ['--fork-url', rpcUrl, '--no-storage-caching'],
    timeoutMs: 60_000,
  })
  try {
    const clients = clientsOf({ rpcUrl: anvil.url, chainId, account })
    const test = createTestClient({ mode: 'anvil', transport: http(anvil.url) })
    await test.setBalance({ address: account.address, value: parseEther('1000') })
    const deployed: Deployed[] = []
    await deployContracts(clients, parameters, (each) => deployed.push(each))
    return deployed
  } finally {
    await anvil.stop()
  }
}

/** For a chain that is known by its number and address only. */
export function clientsOf({
  rpcUrl,
  chainId,
  account,
}: Pick<RehearsalInit, 'rpcUrl' | 'chainId' | 'account'>): Clients {
  const transport = http(rpcUrl)
  const chain = defineChain({
    id: chainId,
    name: `chain ${chainId}`,
    nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
    rpcUrls: { default: { http: [rpcUrl] } },
    blockTime: 1_000,
  })
  return {
    wallet: createWalletClient({ account, chain, transport }),
    reader: createPublicClient({ chain, transport }),
  }
}
