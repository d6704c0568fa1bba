/**
 * A real chain with the contracts on it, for tests.
 * @module
 */
import { tokenAbi } from '@weft/contracts'
import { startAnvil } from '@weft/contracts/anvil'
import { deployContracts, developmentParameters } from '@weft/contracts/deploy'
import type { Hex } from '@weft/protocol'
import {
  createPublicClient,
  createTestClient,
  createWalletClient,
  http,
  type LocalAccount,
  nonceManager,
  parseEther,
} from 'viem'
import { generatePrivateKey, mnemonicToAccount, privateKeyToAccount } from 'viem/accounts'
import { foundry } from 'viem/chains'
import { createChannelsReader } from '../chain/channels-reader.ts'
import { createChannelsWallet } from '../chain/channels-wallet.ts'

const phrase = 'test test test test test test test test test test test junk'

export type DevelopmentChain = Awaited<ReturnType<typeof startDevelopmentChain>>

/** Starts anvil, deploys, and gives out accounts. */
export async function startDevelopmentChain() {
  const anvil = await startAnvil()
  const transport = http(anvil.url)
  const deployer = mnemonicToAccount(phrase, { nonceManager })
  const reader = createPublicClient({ chain: foundry, transport, pollingInterval: 20 })
  const funder = createWalletClient({ account: deployer, chain: foundry, transport })
  const deployment = await deployContracts(
    { wallet: funder, reader },
    developmentParameters(deployer.address),
  )
  const chainId = foundry.id

  async function included(sent: Promise<Hex>): Promise<void> {
    await reader.waitForTransactionReceipt({ hash: await sent })
  }

  const clientsOf = (account: LocalAccount) => ({
    reader,
    wallet: createWalletClient({ account, chain: foundry, transport }),
    chainId,
    deployment,
  })

  return {
    url: anvil.url,
    stop: () => anvil.stop(),
    chainId,
    deployment,
    reader,
    deployer,
    control: createTestClient({ chain: foundry, mode: 'anvil', transport }),
    channels: await createChannelsReader({ reader, chainId, deployment }),
    clientsOf,
    /** Somebody new, with tokens, and ether unless told otherwise. */
    async createWallet({ tokens = parseEther('100'), ether = parseEther('1') } = {}) {
      const account = privateKeyToAccount(generatePrivateKey())
      if (ether > 0n) {
        await included(funder.sendTransaction({ to: account.address, value: ether }))
      }
      const transfer = {
        address: deployment.token,
        abi: tokenAbi,
        functionName: 'transfer',
        args: [account.address, tokens],
      } as const
      await included(funder.writeContract(transfer))
      const clients = clientsOf(account)
      const address = account.address.toLowerCase() as Hex
      return { account, address, clients, ...createChannelsWallet(clients) }
    },
  }
}
