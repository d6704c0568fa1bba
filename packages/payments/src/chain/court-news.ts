/**
 * What Verdicts decided, from its events.
 * @module
 */
import { verdictsAbi } from '@weft/contracts'
import type { Hex } from '@weft/protocol'
import type { PublicClient } from 'viem'

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
/** A first look goes back so far: two days of blocks of two seconds. */
const firstLookBlocks = 90_000n
/** A tab that was away for longer has missed what came before: a week of such blocks. */
const longestLookBlocks = 302_400n

const outcomes = ['undecided', 'convicted', 'acquitted'] as const

export function outcomeOf(index: number): CaseOutcome {
  return outcomes[index] ?? 'undecided'
}

/** @param fromBlock - `nextBlock` of the last look; null: two days back */
export async function readNews(
  reader: PublicClient,
  address: Hex,
  fromBlock: bigint | null,
): Promise<CourtNews> {
  const latest = await reader.getBlockNumber({ cacheTime: 0 })
  const back = (blocks: bigint) => (latest > blocks ? latest - blocks : 0n)
  const oldest = back(longestLookBlocks)
  let from = fromBlock ?? back(firstLookBlocks)
  if (from < oldest) from = oldest
  const news: CourtNews = { settled: [], accused: [], nextBlock: latest + 1n }
  for (; from <= latest; from += blocksAtOnce) {
    const last = from + blocksAtOnce - 1n
    const range = { fromBlock: from, toBlock: last < latest ? last : latest }
    const read = reader.getContractEvents({ address, abi: verdictsAbi, ...range, strict: true })
    for (const event of await read) {
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
  }
  return news
}

function lowerCase(address: Hex): Hex {
  return address.toLowerCase() as Hex
}
