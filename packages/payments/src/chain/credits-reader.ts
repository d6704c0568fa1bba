/**
 * Reads Credits of one deployment.
 * @module
 */
import { creditsAbi, type Deployment } from '@weft/contracts'
import type { Hex } from '@weft/protocol'
import type { PublicClient } from 'viem'
import type { Share } from '../credits/secret.ts'
import type { Member } from '../credits/ticket.ts'
import { asking } from './asking.ts'

export type CreditsReaderInit = {
  reader: PublicClient
  chainId: number
  deployment: Pick<Deployment, 'credits'> & { fromBlock: bigint | number }
}

/** One denomination, in wei of the token. */
export type DenominationOnChain = {
  valueWei: bigint
  /** What a key that spends a ticket may promise: less the submitter's fee and the key's bond. */
  capWei: bigint
  /** Beside a ticket's value, and back when its time is over. */
  bondWei: bigint
  feeWei: bigint
  /** Who has bought: among them a spender hides. */
  members: number
}

export type CreditsReader = ReturnType<typeof createCreditsReader>

/** All methods: @throws WeftError `payments/chain-lost` */
export function createCreditsReader({ reader, chainId, deployment }: CreditsReaderInit) {
  const credits = { address: deployment.credits, abi: creditsAbi } as const
  const fromBlock = BigInt(deployment.fromBlock)
  return {
    chainId,
    contract: deployment.credits.toLowerCase() as Hex,

    async denominations(): Promise<DenominationOnChain[]> {
      const [bondBps, feeBps] = await asking(
        Promise.all([
          reader.readContract({ ...credits, functionName: 'bondBps' }),
          reader.readContract({ ...credits, functionName: 'feeBps' }),
        ]),
      )
      const all: DenominationOnChain[] = []
      for (;;) {
        const args = [BigInt(all.length)] as const
        // The getter of an array reverts behind its end.
        const valueWei = await reader
          .readContract({ ...credits, functionName: 'values', args })
          .catch(() => null)
        if (valueWei === null) return all
        const members = await asking(
          reader.readContract({ ...credits, functionName: 'memberCount', args }),
        )
        const capWei = (valueWei * (10_000n - feeBps)) / 11_000n
        all.push({
          valueWei,
          capWei,
          bondWei: (valueWei * bondBps) / 10_000n,
          feeWei: valueWei - capWei - capWei / 10n,
          members: Number(members),
        })
      }
    },

    /** All who have bought tickets of a denomination, in the order of the tree's leaves. */
    async members(denomination: number): Promise<Member[]> {
      const logs = await asking(
        reader.getContractEvents({
          ...credits,
          eventName: 'Joined',
          args: { denomination: BigInt(denomination) },
          fromBlock,
          strict: true,
        }),
      )
      return logs.map(({ args: { identity, count, expiry } }) => ({ identity, count, expiry }))
    },

    /** Null for who has not bought. `isChange`: with what a key had left, so that nothing comes back. */
    async member(denomination: number, identity: bigint) {
      const args = [BigInt(denomination), identity] as const
      const [[owner, expiry, count, isBondTaken], treasury] = await asking(
        Promise.all([
          reader.readContract({ ...credits, functionName: 'members', args }),
          reader.readContract({ ...credits, functionName: 'treasury' }),
        ]),
      )
      if (count === 0) return null
      const isChange = owner === treasury
      return {
        owner,
        count: BigInt(count),
        expiry: BigInt(expiry),
        isBondTaken,
        isChange,
        identity,
      }
    },

    /** What a used ticket showed when it was spent, and for whom; null for one that was not spent. */
    async spent(nullifier: bigint): Promise<(Share & { key: Hex }) | null> {
      const [log] = await asking(
        reader.getContractEvents({
          ...credits,
          eventName: 'Spent',
          args: { nullifier },
          fromBlock,
          strict: true,
        }),
      )
      if (!log) return null
      const { x, y, key } = log.args
      return { x, y, key: key.toLowerCase() as Hex }
    },

    /** What was noted of what a key has left, in wei of the token. */
    remainder(key: Hex): Promise<bigint> {
      return asking(reader.readContract({ ...credits, functionName: 'remainders', args: [key] }))
    },

    isUsed(nullifier: bigint): Promise<boolean> {
      return asking(reader.readContract({ ...credits, functionName: 'isUsed', args: [nullifier] }))
    },
  }
}
