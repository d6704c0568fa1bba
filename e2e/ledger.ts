/**
 * The chain as anybody reads it: what accounts have, what lanes were paid, who lets whom spend. By addresses and
 * the contracts' own words; nothing of what the site counts with.
 * @module
 */
import {
  type Address,
  createPublicClient,
  createTestClient,
  encodeAbiParameters,
  type Hex,
  http,
  keccak256,
  parseAbi,
  parseAbiParameters,
} from 'viem'

const tokenAbi = parseAbi(['function balanceOf(address) view returns (uint256)'])
const channelsAbi = parseAbi([
  'function balances(address) view returns (uint256)',
  'function pooled() view returns (uint256)',
  'function lanes(bytes32) view returns (uint96 paid, uint96 reserved)',
  'function collaterals(bytes32, address) view returns (uint96 cap, uint96 committed, uint64 expiry)',
  'event Authorized(bytes32 indexed channelId, address indexed payer, address indexed signer, uint96 cap, uint64 expiry)',
  'event Redeemed(address indexed payee, bytes32 indexed model, uint256 toPayee, uint256 royalty, uint256 toPools, (bytes32 channelId, uint256 amount)[] payments)',
])
const registryAbi = parseAbi([
  'event Registered(address indexed operator, address indexed owner, uint8 roles)',
  'function operators(address) view returns (address owner, uint96 stake, uint96 unbonding, uint40 availableAt, uint8 roles)',
])
const laneParameters = parseAbiParameters('bytes32, address, address, bytes32')

export type Ledger = Awaited<ReturnType<typeof openLedger>>

/** Of the development chain that the site brings with it. */
export async function openLedger(siteUrl: string) {
  const [network] = (await (await fetch(`${siteUrl}/weft.json`)).json()).networks
  const contracts = network.contracts as Record<'token' | 'channels' | 'registry', Address>
  const transport = http(`${siteUrl}/chain`)
  const reader = createPublicClient({ transport })
  const anvil = createTestClient({ mode: 'anvil', transport })
  const channels = { address: contracts.channels, abi: channelsAbi } as const
  const registry = { address: contracts.registry, abi: registryAbi } as const
  const ever = { fromBlock: 0n } as const

  return {
    contracts,
    /** In the wallet, in wei. */
    tokensOf: (account: Address) =>
      reader.readContract({
        address: contracts.token,
        abi: tokenAbi,
        functionName: 'balanceOf',
        args: [account],
      }),
    /** Inside Channels: deposits that are not locked, and earnings. */
    balanceOf: (account: Address) =>
      reader.readContract({ ...channels, functionName: 'balances', args: [account] }),
    /** Redeemed for the pools. */
    pooledWei: () => reader.readContract({ ...channels, functionName: 'pooled' }),
    /** The keys that a wallet has let spend, each in its channel, the first first. */
    async keysOf(payer: Address) {
      const logs = await reader.getContractEvents({
        ...channels,
        ...ever,
        eventName: 'Authorized',
        args: { payer },
        strict: true,
      })
      return logs.map(({ args: { channelId, signer } }) => ({ channelId, signer }))
    },
    async collateral({ channelId, signer }: { channelId: Hex; signer: Address }) {
      const [capWei, committedWei, expiry] = await reader.readContract({
        ...channels,
        functionName: 'collaterals',
        args: [channelId, signer],
      })
      return { capWei, committedWei, expiry: Number(expiry) }
    },
    /** What a lane was paid in all. */
    async paidWei(
      { channelId, signer }: { channelId: Hex; signer: Address },
      { payee, model }: { payee: Address; model: Hex },
    ) {
      const id = keccak256(encodeAbiParameters(laneParameters, [channelId, signer, payee, model]))
      const [paid] = await reader.readContract({ ...channels, functionName: 'lanes', args: [id] })
      return paid
    },
    /** All batches that a node redeemed, the first first. */
    async redemptionsOf(payee: Address) {
      const logs = await reader.getContractEvents({
        ...channels,
        ...ever,
        eventName: 'Redeemed',
        args: { payee },
        strict: true,
      })
      return logs.map(({ args }) => args)
    },
    /** The key of the tab whose earnings a wallet may claim. */
    async operatorOf(owner: Address): Promise<Address> {
      const [log] = await reader.getContractEvents({
        ...registry,
        ...ever,
        eventName: 'Registered',
        args: { owner },
        strict: true,
      })
      if (!log) throw new Error(`${owner} owns no tab's key.`)
      return log.args.operator
    },
    async stakeOf(operator: Address) {
      const [, stakeWei, unbondingWei] = await reader.readContract({
        ...registry,
        functionName: 'operators',
        args: [operator],
      })
      return { stakeWei, unbondingWei }
    },
    async pass(seconds: number) {
      await anvil.increaseTime({ seconds })
      await anvil.mine({ blocks: 1 })
    },
    snapshot: () => anvil.snapshot(),
    revert: (id: Hex) => anvil.revert({ id }),
  }
}
