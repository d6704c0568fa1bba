/**
 * Reads Verdicts of one deployment: its rules, who has a seat, whom the lot falls on, how cases stand.
 * @module
 */
import { type Deployment, registryAbi, verdictsAbi } from '@weft/contracts'
import { type Court, type Hex, type Receipt, type Verdict, WeftError } from '@weft/protocol'
import type { PublicClient } from 'viem'
import { asking, lowerCase } from './asking.ts'
import { type CourtNews, readNews } from './court-news.ts'
import { readRules } from './court-rules.ts'
import { createEpochsReader } from './epochs-reader.ts'
import { receiptArgument, verdictArgument } from './statements.ts'

export type VerdictsReaderInit = {
  reader: PublicClient
  chainId: number
  deployment: Pick<Deployment, 'verdicts' | 'registry'>
}

/** Where a key is drawn from: epochs from `fromEpoch` on, and before `untilEpoch` where that is not null. */
export type SeatOnChain = { fromEpoch: number; untilEpoch: number | null }

export type CaseStage = 'none' | 'accused' | 'appealed' | 'settled'

/** What the chain knows of a receipt; times in seconds since 1970, 0 where there is none. */
export type CaseOnChain = {
  toldAt: number
  stage: CaseStage
  /** That drew its panel; 0 before it was accused. */
  epoch: number
  /** Of the time for an appeal, or for the larger panel. */
  endsAt: number
  accuser: Hex
  /** Who has said that it is false, and that it is not. */
  sayFalse: Hex[]
  sayTrue: Hex[]
}

export type VerdictsReader = Awaited<ReturnType<typeof createVerdictsReader>>

const stages = ['none', 'accused', 'appealed', 'settled'] as const

/** All methods: @throws WeftError `payments/chain-lost`, `payments/not-deployed` */
export async function createVerdictsReader({ reader, chainId, deployment }: VerdictsReaderInit) {
  const verdicts = { address: deployment.verdicts, abi: verdictsAbi } as const
  const registry = { address: deployment.registry, abi: registryAbi } as const
  const court: Court = { chainId, contract: lowerCase(deployment.verdicts) }
  const rules = await asking(readRules(reader, verdicts))
  const draw = async (
    { receiptId, node, epoch }: { receiptId: Hex; node: Hex; epoch: number },
    beside: readonly Hex[] | null = null,
  ): Promise<Hex[]> => {
    const size = beside ? rules.appealSize : rules.panelSize
    const args = [receiptId, node, BigInt(epoch), BigInt(size), beside ?? []] as const
    const drawn = await asking(reader.readContract({ ...verdicts, functionName: 'draw', args }))
    return drawn.map(lowerCase)
  }

  return {
    court,
    rules,
    /** The panel of a receipt; with `beside`, that panel, the larger one. */
    draw,
    ...createEpochsReader({ reader, verdicts, rules }),
    readNews: (fromBlock: bigint | null, options?: { signal?: AbortSignal }): Promise<CourtNews> =>
      readNews({ reader, verdicts }, fromBlock, options),

    /** Seconds since 1970: the last block's time, or our own where no block has come since. */
    async now(): Promise<number> {
      const { timestamp } = await asking(reader.getBlock())
      return Math.max(Number(timestamp), Math.floor(Date.now() / 1000))
    },

    isSampled: (receiptId: Hex, epoch: number): Promise<boolean> =>
      asking(
        reader.readContract({
          ...verdicts,
          functionName: 'isSampled',
          args: [receiptId, BigInt(epoch)],
        }),
      ),

    async readCase(receiptId: Hex): Promise<CaseOnChain> {
      const votes = (isFalse: boolean) =>
        reader.readContract({ ...verdicts, functionName: 'votesOf', args: [receiptId, isFalse] })
      const [toldAt, [, endsAt, epoch, stage, accuser], sayFalse, sayTrue] = await asking(
        Promise.all([
          reader.readContract({ ...verdicts, functionName: 'toldAt', args: [receiptId] }),
          reader.readContract({ ...verdicts, functionName: 'cases', args: [receiptId] }),
          votes(true),
          votes(false),
        ]),
      )
      return {
        toldAt,
        stage: stages[stage] ?? 'none',
        epoch,
        endsAt,
        accuser: lowerCase(accuser),
        sayFalse: sayFalse.map(lowerCase),
        sayTrue: sayTrue.map(lowerCase),
      }
    },

    /** Whose turn it is in a case that was accused; after an appeal the larger panel. */
    async panelOf(receiptId: Hex): Promise<Hex[]> {
      const read = reader.readContract({
        ...verdicts,
        functionName: 'panelOf',
        args: [receiptId],
      })
      return (await asking(read)).map(lowerCase)
    },

    /** @returns null for a key that has no seat, or none any more */
    async readSeat(operator: Hex): Promise<SeatOnChain | null> {
      const args = [operator] as const
      const number = await asking(
        reader.readContract({ ...verdicts, functionName: 'seatOf', args }),
      )
      if (number === 0n) return null
      const [holder, fromEpoch, untilEpoch] = await asking(
        reader.readContract({ ...verdicts, functionName: 'seats', args: [number - 1n] }),
      )
      if (lowerCase(holder) !== operator) return null
      return { fromEpoch, untilEpoch: untilEpoch === 0 ? null : untilEpoch }
    },

    /** How many seats others hold than a node's owner: where they are fewer than both panels take, nothing is told. */
    async readJudgesOf(node: Hex): Promise<number> {
      const [held, [owner]] = await asking(
        Promise.all([
          reader.readContract({ ...verdicts, functionName: 'seatsHeld' }),
          reader.readContract({ ...registry, functionName: 'operators', args: [node] }),
        ]),
      )
      const args = [owner] as const
      const own = await asking(
        reader.readContract({ ...verdicts, functionName: 'seatsOfOwner', args }),
      )
      return Number(held - own)
    },

    /** What can be taken from a key, in wei: also what it has asked back. */
    async readStake(operator: Hex): Promise<bigint> {
      const args = [operator] as const
      const read = reader.readContract({ ...registry, functionName: 'operators', args })
      const [, stakeWei, unbondingWei] = await asking(read)
      return stakeWei + unbondingWei
    },

    /** Earned by checks and cases and not claimed, in wei. */
    readOwed: (account: Hex): Promise<bigint> =>
      asking(reader.readContract({ ...verdicts, functionName: 'owed', args: [account] })),

    /** What a key has for fees, and what a unit of gas costs at most, in wei of the chain's own coin. */
    async readFees(address: Hex): Promise<{ gasWei: bigint; perGasWei: bigint }> {
      const [gasWei, { maxFeePerGas }] = await asking(
        Promise.all([reader.getBalance({ address }), reader.estimateFeesPerGas()]),
      )
      return { gasWei, perGasWei: maxFeePerGas }
    },

    /** Whether somebody was paid for checking a receipt. */
    isPaid: (receiptId: Hex): Promise<boolean> =>
      asking(reader.readContract({ ...verdicts, functionName: 'isPaid', args: [receiptId] })),

    /** @returns what sending it now would pay, in wei; 0 where it would be refused */
    async worthOf(receipt: Receipt, epoch: number, verdict: Verdict): Promise<bigint> {
      const args = [receiptArgument(receipt), BigInt(epoch), verdictArgument(verdict)] as const
      const call = { ...verdicts, functionName: 'payForCheck', args } as const
      try {
        return (await asking(reader.simulateContract(call))).result
      } catch (error) {
        if (isRefusal(error)) return 0n
        throw error
      }
    },
  }
}

function isRefusal(error: unknown): boolean {
  return WeftError.is(error) && error.code === 'payments/refused'
}
