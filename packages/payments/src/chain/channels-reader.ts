/**
 * Reads Channels and Token of one deployment.
 * @module
 */
import { channelsAbi, type Deployment, registryAbi, tokenAbi } from '@weft/contracts'
import type { Grant, Hex } from '@weft/protocol'
import { encodeAbiParameters, keccak256, type PublicClient, zeroAddress } from 'viem'
import { type Lane, laneIdOf } from '../lane.ts'
import type { ChannelsView, LaneOnChain } from '../payee/lane-on-chain.ts'
import type { SpendingLimit } from '../payer/cap.ts'
import { chainError, notRegistered } from './chain-errors.ts'
import { depositFor } from './channels-wallet.ts'

export type ChannelsReaderInit = {
  reader: PublicClient
  chainId: number
  /** Who only pays needs no more than the first two; a payee that leaves out the others may serve for nothing. */
  deployment: Pick<Deployment, 'channels' | 'token'> &
    Partial<Pick<Deployment, 'registry' | 'credits'>>
}

/** What an account has, in wei: the token's, and the chain's own for fees. */
export type AccountOnChain = {
  walletWei: bigint
  /** In Channels and not locked: deposits and earnings are the same. */
  depositWei: bigint
  gasWei: bigint
}

/** What a key may spend, as the chain says it. */
export type CollateralOnChain = SpendingLimit & {
  committedWei: bigint
  /** Locked beside the cap, and back with what is left of it; 0 once it was lost or has come back. */
  bondWei: bigint
  isDisputed: boolean
  /** From then on the payer can take back what is left; seconds since 1970, 0 where nothing is locked. */
  availableAt: number
}

export type ChannelsReader = ChannelsView & {
  readAccount(address: Hex): Promise<AccountOnChain>
  /** Whether a wallet owns the key as its operator: private credits pay nobody else. @throws WeftError `payments/chain-lost` */
  isRegistered(key: Hex): Promise<boolean>
  /** What verifiers, storage and the treasury get of what is redeemed, together, in basis points. */
  readPoolsBps(): Promise<number>
  readCollateral(key: { channelId: Hex; signer: Hex }): Promise<CollateralOnChain>
  /** @returns the channel in which a wallet has let the key spend, within the last hours; null where none has */
  findChannel(signer: Hex): Promise<Hex | null>
}

/** Of events in one request: public RPC servers answer for no more. */
const lookBackBlocks = 9_999n

/** @returns a key's channel: the `salt`-th of its payer */
export function channelIdOf(payer: Hex, salt: Hex): Hex {
  return keccak256(encodeAbiParameters([{ type: 'address' }, { type: 'bytes32' }], [payer, salt]))
}

/** @returns the channel of all keys that private credits have opened */
export function privateChannelOf(credits: Hex): Hex {
  return channelIdOf(credits, `0x${'0'.repeat(64)}`)
}

/** @throws WeftError `payments/chain-lost`, `payments/not-deployed` */
export async function createChannelsReader({
  reader,
  chainId,
  deployment,
}: ChannelsReaderInit): Promise<ChannelsReader> {
  const channels = { address: deployment.channels, abi: channelsAbi } as const
  const token = { address: deployment.token, abi: tokenAbi } as const
  const contract = deployment.channels.toLowerCase() as Hex
  const { registry, credits } = deployment
  const privateChannel = credits && privateChannelOf(credits)
  const withdrawDelay = Number(
    await asking(reader.readContract({ ...channels, functionName: 'withdrawDelay' })),
  )

  const collateralOf = (channelId: Hex, signer: Hex) =>
    Promise.all([
      reader.readContract({ ...channels, functionName: 'collaterals', args: [channelId, signer] }),
      reader.readContract({ ...channels, functionName: 'disputes', args: [channelId, signer] }),
    ])

  return {
    contract: { chainId, contract },
    withdrawDelay,
    async readLane(lane, { grant, signal }) {
      signal?.throwIfAborted()
      const spender = grant?.signer ?? lane.signer
      if (lane.channelId === privateChannel && !(await isRegistered(lane.payee))) {
        throw notRegistered()
      }
      const [[collateral, dispute], [paidWei, reservedWei], grantedWei] = await asking(
        Promise.all([
          collateralOf(lane.channelId, spender),
          reader.readContract({ ...channels, functionName: 'lanes', args: [laneIdOf(lane)] }),
          grantedTo(lane, grant),
        ]),
      )
      const [capWei, committedWei, expiry] = collateral
      const [, , provenAt] = dispute
      const isDisputed = provenAt !== 0
      const state = { capWei, committedWei, expiry: Number(expiry), isDisputed }
      return { ...state, paidWei, reservedWei, grantedWei } satisfies LaneOnChain
    },
    isRegistered,
    async readAccount(address) {
      const [walletWei, depositWei, gasWei] = await asking(
        Promise.all([
          reader.readContract({ ...token, functionName: 'balanceOf', args: [address] }),
          reader.readContract({ ...channels, functionName: 'balances', args: [address] }),
          reader.getBalance({ address }),
        ]),
      )
      return { walletWei, depositWei, gasWei }
    },
    async readPoolsBps() {
      const read = reader.readContract({ ...channels, functionName: 'pools' })
      const [auditBps, commonsBps, treasuryBps] = await asking(read)
      return auditBps + commonsBps + treasuryBps
    },
    async findChannel(signer) {
      const latest = await asking(reader.getBlockNumber({ cacheTime: 0 }))
      const events = await asking(
        reader.getContractEvents({
          ...channels,
          eventName: 'Authorized',
          args: { signer },
          fromBlock: latest > lookBackBlocks ? latest - lookBackBlocks : 0n,
          toBlock: latest,
          strict: true,
        }),
      )
      return events.at(-1)?.args.channelId ?? null
    },
    async readCollateral({ channelId, signer }) {
      const [[capWei, committedWei, seconds], [, , provenAt, isSettled]] = await asking(
        collateralOf(channelId, signer),
      )
      const expiry = Number(seconds)
      const lastClaim = Math.max(expiry + withdrawDelay, provenAt) + withdrawDelay
      return {
        capWei,
        committedWei,
        bondWei: provenAt === 0 && !isSettled ? depositFor(capWei) - capWei : 0n,
        expiry,
        isDisputed: provenAt !== 0,
        availableAt: expiry === 0 ? 0 : lastClaim + 1,
      }
    },
  }

  async function isRegistered(key: Hex): Promise<boolean> {
    if (!registry) return false
    const call = { address: registry, abi: registryAbi, functionName: 'ownerOf' } as const
    return (await asking(reader.readContract({ ...call, args: [key] }))) !== zeroAddress
  }

  async function grantedTo({ channelId, signer }: Lane, grant: Grant | null): Promise<bigint> {
    if (!grant) return 0n
    const grantId = keccak256(
      encodeAbiParameters(
        [{ type: 'bytes32' }, { type: 'address' }, { type: 'address' }],
        [channelId, grant.signer, signer],
      ),
    )
    return reader.readContract({ ...channels, functionName: 'granted', args: [grantId] })
  }
}

async function asking<Result>(answer: Promise<Result>): Promise<Result> {
  try {
    return await answer
  } catch (error) {
    throw chainError(error)
  }
}
