import type { CourtNews } from '@weft/payments/chain'
import { MemoryLedgers } from '@weft/payments/testing'
import type { Hex } from '@weft/protocol'
import { expect, test } from 'vitest'
import { createNodeMemory } from '../node-memory.ts'
import { scriptedCourt } from '../testing/scripted-court.ts'
import { followNews } from './court-news.ts'
import type { CourtRecord } from './court-records.ts'

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
