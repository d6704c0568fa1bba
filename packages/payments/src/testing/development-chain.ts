/**
 * A real chain with the contracts on it, for tests.
 * @module
 */
import { tokenAbi } from '@weft/contracts'
import { startAnvil } from '@weft/contracts/anvil'
import {
  deployContracts,
  deployLendingDesk,
  developmentParameters,
  type ExampleInit,
  type VerdictRules,
} from '@weft/contracts/deploy'
import { addressFromPeerId, type Hex, type PrivateKey, peerIdFromPrivateKey } from '@weft/protocol'
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
import { accountOfKey } from '../chain/account-of-key.ts'
import { createChannelsReader } from '../chain/channels-reader.ts'
import { createChannelsWallet } from '../chain/channels-wallet.ts'
import { createRegistryWallet, readOperator } from '../chain/registry-wallet.ts'
import { createVerdictsReader } from '../chain/verdicts-reader.ts'
import { createVerdictsWallet } from '../chain/verdicts-wallet.ts'
import { signRegistration } from '../registration.ts'

const phrase = 'test test test test test test test test test test test junk'

export type DevelopmentChain = Awaited<ReturnType<typeof startDevelopmentChain>>

/** Starts anvil, deploys, and gives out accounts. @param rules - of Verdicts, beside those of a development chain */
export async function startDevelopmentChain(rules: Partial<VerdictRules> = {}) {
  const anvil = await startAnvil()
  const transport = http(anvil.url)
  const deployer = mnemonicToAccount(phrase, { nonceManager })
  const reader = createPublicClient({ chain: foundry, transport, pollingInterval: 20 })
  const funder = createWalletClient({ account: deployer, chain: foundry, transport })
  const parameters = developmentParameters(deployer.address)
  const deployment = await deployContracts(
    { wallet: funder, reader },
    { ...parameters, verdicts: { ...parameters.verdicts, ...rules } },
  )
  const chainId = foundry.id

  async function included(sent: Promise<Hex>): Promise<void> {
    // While viem looks for a replacement it loses blocks, and here none comes by itself.
    await reader.waitForTransactionReceipt({ hash: await sent, checkReplacement: false })
  }

  const clientsOf = (account: LocalAccount) => ({
    reader,
    wallet: createWalletClient({ account, chain: foundry, transport }),
    chainId,
    deployment,
  })

  /** Somebody new, with tokens, and ether unless told otherwise. */
  async function createWallet({
    tokens = parseEther('100'),
    ether = parseEther('1'),
    privateKey = generatePrivateKey(),
  } = {}) {
    const account = privateKeyToAccount(privateKey)
    if (ether > 0n) await included(funder.sendTransaction({ to: account.address, value: ether }))
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
  }

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
    createWallet,
    /** @returns where the desk is that decides by this model */
    openLendingDesk: (example: ExampleInit) =>
      deployLendingDesk({ wallet: funder, reader }, deployment, example),
    /**
     * A tab's key as a wallet of its own has registered it, with stake and coins for fees.
     * @param roles - see `registryRoles`
     */
    async enrol(privateKey: PrivateKey, { roles, stakeWei }: { roles: number; stakeWei: bigint }) {
      const operator = addressFromPeerId(peerIdFromPrivateKey(privateKey))
      const owner = await createWallet({ tokens: stakeWei + parseEther('100') })
      const registry = createRegistryWallet(owner.clients)
      const { nonce } = await readOperator({ reader, deployment }, operator)
      const deadline = BigInt(Math.floor(Date.now() / 1000) + 3_600)
      const consent = { owner: owner.address, roles, nonce, deadline }
      const signature = signRegistration(
        { chainId, registry: deployment.registry, ...consent },
        privateKey,
      )
      await registry.register({ operator, roles, deadline, signature })
      if (stakeWei > 0n) await registry.stake(operator, stakeWei)
      await included(funder.sendTransaction({ to: operator, value: parseEther('1') }))
      return { operator, owner, registry, court: createVerdictsWallet(owner.clients) }
    },
    /** What a key with coins sees and does; see `sdk/checking/court-view.ts`. */
    async court(privateKey: PrivateKey) {
      const send = createVerdictsWallet(clientsOf(accountOfKey(privateKey)))
      return { ...(await createVerdictsReader({ reader, chainId, deployment })), send }
    },
  }
}
