/**
 * What Verdicts decided, from its events.
 * @module
 */
import type { verdictsAbi } from '@weft/contracts'
import type { Hex } from '@weft/protocol'
import type { PublicClient } from 'viem'
import { asking, lowerCase } from './asking.ts'

/** `undecided`: the larger panel did not answer, and nobody pays. */
export type CaseOutcome = 'undecided' | 'convicted' | 'acquitted'

/** What has happened, in the order in which it did. */
export type CourtNews = {
  settled: { receiptId: Hex; node: Hex; outcome: CaseOutcome; lostWei: bigint }[]
  accused: { receiptId: Hex; node: Hex }[]
  /** To go on from. */
  nextBlock: bigint
}

/** Of events in one request: public RPC servers answer for no more. */
const blocksAtOnce = 10_000n
/** In one look: who was away for longer reads the rest at the next. */
const rangesAtOnce = 10
/** A first look goes back so far: two days of blocks of two seconds. */
const firstLookBlocks = 90_000n
/** A tab that was away for longer has missed what came before: a week of such blocks. */
const longestLookBlocks = 302_400n
/** A server may be so far behind another; further behind what was read it is another chain, or that was a lie. */
const lagBlocks = 1_000n

const outcomes = ['undecided', 'convicted', 'acquitted'] as const

export function outcomeOf(index: number): CaseOutcome {
  return outcomes[index] ?? 'undecided'
}

/**
 * @param fromBlock - `nextBlock` of the last look; null: two days back
 * @returns as much as the chain has said; the next look goes on from there, and is never sent back for a server's lag
 * @throws WeftError `payments/chain-lost` where it has said nothing
 */
export async function readNews(
  {
    reader,
    verdicts,
  }: { reader: PublicClient; verdicts: { address: Hex; abi: typeof verdictsAbi } },
  fromBlock: bigint | null,
  { signal }: { signal?: AbortSignal } = {},
): Promise<CourtNews> {
  const latest = await asking(reader.getBlockNumber({ cacheTime: 0 }))
  const back = (blocks: bigint) => (latest > blocks ? latest - blocks : 0n)
  const oldest = back(longestLookBlocks)
  const isKnown = fromBlock !== null && fromBlock <= latest + lagBlocks
  let from = isKnown ? fromBlock : back(firstLookBlocks)
  if (from < oldest) from = oldest
  const news: CourtNews = { settled: [], accused: [], nextBlock: from }
  for (let ranges = 0; ranges < rangesAtOnce && news.nextBlock <= latest; ranges += 1) {
    if (signal?.aborted) break
    const last = news.nextBlock + blocksAtOnce - 1n
    const range = { fromBlock: news.nextBlock, toBlock: last < latest ? last : latest }
    const read = asking(reader.getContractEvents({ ...verdicts, ...range, strict: true }))
    const events = await read.catch((error: unknown) => {
      if (ranges === 0) throw error
      return null
    })
    if (!events) break
    for (const event of events) {
      if (event.eventName === 'Settled') {
        const { receiptId, node, outcome, lost } = event.args
        const settled = { receiptId, node: lowerCase(node), outcome: outcomeOf(outcome) }
        news.settled.push({ ...settled, lostWei: lost })
      }
      if (event.eventName === 'Accused') {
        const { receiptId, node } = event.args
        news.accused.push({ receiptId, node: lowerCase(node) })
      }
    }
    news.nextBlock = range.toBlock + 1n
  }
  return news
}
