import type { CourtNews } from '@weft/payments/chain'
import { MemoryLedgers } from '@weft/payments/testing'
import type { Hex } from '@weft/protocol'
import { expect, test } from 'vitest'
import { createNodeMemory } from '../node-memory.ts'
import { scriptedCourt } from '../testing/scripted-court.ts'
import { followNews } from './court-news.ts'
import type { CourtRecord } from './court-records.ts'
import type { Accusation } from './court-state.ts'
import { defend } from './defence.ts'

const receiptId: Hex = `0x${'33'.repeat(32)}`
const node: Hex = `0x${'22'.repeat(20)}`
const settled = [{ receiptId, node, outcome: 'convicted', lostWei: 5n }] as const

test('news that come again convict nobody twice, and are told before they are written down', async () => {
  const ledgers = new MemoryLedgers<CourtRecord>()
  const written = async () => (await ledgers.open('court')).records
  const told: CourtNews['settled'][] = []
  const follow = async (onSettled: (all: CourtNews['settled']) => Promise<void>) =>
    followNews({
      court: scriptedCourt({
        readNews: async () => ({ settled: [...settled], accused: [], nextBlock: 9n }),
      }),
      ledger: await ledgers.open('court'),
      memory: createNodeMemory(),
      address: `0x${'44'.repeat(20)}`,
      onSettled,
    })

  const closed = await follow(() => Promise.reject(new Error('The tab was closed.')))
  await expect(closed.look()).rejects.toThrow('closed')
  expect(await written()).toEqual([])
  const news = await follow(async (all) => void told.push(all))
  await news.look()
  await news.look()
  expect(told).toHaveLength(2)
  const [record] = await written()
  expect(record).toMatchObject({ kind: 'news', nextBlock: 9n })
  expect(record?.kind === 'news' && record.convicted).toHaveLength(1)
})

test('however many accuse at once, each case is defended; of those that are over ten are shown', async () => {
  const ids = Array.from({ length: 25 }, (_, at): Hex => `0x${`${at + 10}`.repeat(32)}`)
  const isOver = new Set<Hex>()
  const endsAt = Date.now() / 1000 + 60
  const news = followNews({
    court: scriptedCourt({
      readNews: async () => ({
        settled: [],
        accused: ids.map((id) => ({ receiptId: id, node })),
        nextBlock: 9n,
      }),
      readCase: async (id) => ({
        ...{ toldAt: 1, epoch: 1, endsAt, accuser: node, sayFalse: [], sayTrue: [] },
        stage: isOver.has(id) ? 'settled' : 'accused',
      }),
    }),
    ledger: await new MemoryLedgers<CourtRecord>().open('court'),
    memory: createNodeMemory(),
    address: node,
    onSettled: async () => {},
  })
  const defended = async () => {
    await news.look()
    const sent: Hex[] = []
    const send = { defend: async (id: Hex) => void sent.push(id) as never }
    await defend(send, news.accusations())
    return sent.toSorted()
  }
  expect(await defended()).toEqual(ids)
  for (const id of ids.slice(0, 20)) isOver.add(id)
  expect(await defended()).toEqual(ids.slice(20))
  const stages = news.accusations().map(({ stage }: Accusation) => stage)
  expect(stages).toEqual([...Array(5).fill('accused'), ...Array(10).fill('settled')])
})
