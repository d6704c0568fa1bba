/**
 * Follows what the court decides: who was convicted is asked for nothing more, and who is accused is told.
 * @module
 */
import type { CourtNews } from '@weft/payments/chain'
import type { Hex } from '@weft/protocol'
import type { NodeMemory } from '../node-memory.ts'
import type { CourtLedger, NewsRecord } from './court-records.ts'
import type { Accusation } from './court-state.ts'
import type { CourtView } from './court-view.ts'

export type FollowNewsInit = {
  court: Pick<CourtView, 'readNews' | 'readCase'>
  ledger: CourtLedger
  memory: Pick<NodeMemory, 'convicted'>
  /** Of this tab. */
  address: Hex
  /** Comes before anything is written, so that after a reload no end is missed. */
  onSettled(settled: CourtNews['settled']): Promise<void>
}

export type FollowedNews = {
  accusations(): readonly Accusation[]
  /** Reads what is new. @throws `payments/chain-lost` */
  look(options?: { signal?: AbortSignal }): Promise<void>
}

/** Remembered so long: what is left of its stake a node may lose again. */
const rememberedMs = 90 * 86_400_000
const maxConvicted = 2_000
/** Without news these are read again after a reload: it saves a write for each look. */
const unwrittenBlocks = 1_000n
/** That are over, for people to look at. Each that is not is defended, however many there are. */
const maxSettled = 10

export function followNews({
  court,
  ledger,
  memory,
  address,
  onSettled,
}: FollowNewsInit): FollowedNews {
  const kept = ledger.records.find((each) => each.kind === 'news')
  let { nextBlock, convicted } = kept ?? { nextBlock: null, convicted: [] }
  /** Cases against this tab that are not over. */
  let running = kept?.accused ?? []
  let accusations: Accusation[] = []
  let writtenBlock = nextBlock ?? 0n
  memory.convicted(convicted.map(({ node }) => node))

  /** The cases against this tab, as they stand now. */
  async function reread(news: CourtNews): Promise<void> {
    const fresh = news.accused.filter(({ node }) => node === address)
    const ids = new Set([...fresh.map(({ receiptId }) => receiptId).reverse(), ...running])
    const read = await Promise.all([...ids].map((id) => accusationOf(id, news)))
    const others = accusations.filter(({ id }) => !ids.has(id))
    const open = read.filter(({ stage }) => stage !== 'settled')
    const over = [...read, ...others].filter(({ stage }) => stage === 'settled')
    accusations = [...open, ...over.slice(0, maxSettled)]
    running = open.map(({ id }) => id)
  }

  async function accusationOf(id: Hex, { settled }: CourtNews): Promise<Accusation> {
    const { stage, endsAt } = await court.readCase(id)
    const end = settled.find(({ receiptId }) => receiptId === id)
    const lostWei = end?.outcome === 'convicted' ? end.lostWei : 0n
    return { id, stage, endsAtMs: endsAt * 1000, lostWei }
  }

  return {
    accusations: () => accusations,
    async look(options) {
      const news = await court.readNews(nextBlock, options)
      await onSettled(news.settled)
      await reread(news)
      const atMs = Date.now()
      const more = news.settled
        .filter(({ outcome }) => outcome === 'convicted')
        .map(({ node }) => ({ node, atMs }))
      memory.convicted(more.map(({ node }) => node))
      // A look that failed half-way, or began anew, brings some of them again.
      const again = new Set(more.map(({ node }) => node))
      const remembered = convicted.filter(
        (each) => atMs - each.atMs < rememberedMs && !again.has(each.node),
      )
      convicted = [...remembered, ...more].slice(-maxConvicted)
      nextBlock = news.nextBlock
      const isNews = news.settled.length + news.accused.length > 0
      if (isNews || nextBlock - writtenBlock > unwrittenBlocks) {
        writtenBlock = nextBlock
        const record: NewsRecord = {
          kind: 'news',
          id: 'news',
          nextBlock,
          convicted,
          accused: running,
        }
        await ledger.put(record)
      }
    },
  }
}
