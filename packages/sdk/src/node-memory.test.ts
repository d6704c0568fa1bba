import type { Offer } from '@weft/protocol'
import { freePrice } from '@weft/protocol'
import type { PeerRecord } from '@weft/storage'
import { expect, test } from 'vitest'
import { createNodeMemory, type NodeMemory, type PeerStore } from './node-memory.ts'

const modelCid = 'm'
const wanted = { modelCid, inputTokens: 10, maxTokens: 128, maxPrice: freePrice, region: null }
const seen = { modelCid, rttMs: null }

function offer(peerId: string, tokensPerSecond = 100, activeJobs = 0): Offer {
  const models = [{ modelCid, price: freePrice, tokensPerSecond }]
  return {
    registration: { peerId, models, maxJobs: 4, region: null },
    activeJobs,
  } as unknown as Offer
}

const costOf = (memory: NodeMemory, ...init: Parameters<typeof offer>) =>
  memory.costMs(offer(...init), wanted)

/** What two tabs of one browser share. */
function createStore(): PeerStore & { records: Map<string, PeerRecord> } {
  const records = new Map<string, PeerRecord>()
  return {
    records,
    list: async () => [...records.values()],
    async update(changes) {
      return [...changes].map(([peerId, change]) => {
        const record = change(records.get(peerId))
        records.set(peerId, record)
        return record
      })
    },
    clear: async () => records.clear(),
  }
}

test('a failure is forgotten by and by, a lie hardly', () => {
  let nowMs = 0
  const memory = createNodeMemory({ now: () => nowMs })
  const before = costOf(memory, 'a')
  memory.failed('a')
  const fresh = costOf(memory, 'a') - before
  memory.lied('b')
  nowMs = 10 * 60_000
  expect(costOf(memory, 'a') - before).toBeCloseTo(fresh / 2)
  nowMs = 60 * 60_000
  expect(costOf(memory, 'b')).toBeGreaterThan(costOf(memory, 'a', 20, 4))
})

test('what was measured counts, not what is announced; a few tokens measure nothing', () => {
  const memory = createNodeMemory()
  const unknown = costOf(memory, 'boaster', 1000)
  memory.answered('boaster', { ...seen, tokens: 3, ms: 3_000 })
  expect(costOf(memory, 'boaster', 1000)).toBe(unknown)
  memory.answered('boaster', { ...seen, tokens: 50, ms: 10_000 })
  expect(costOf(memory, 'boaster', 1000)).toBe(costOf(memory, 'modest', 5))
  memory.answered('boaster', { modelCid: 'other', rttMs: null, tokens: 50, ms: 1 })
  expect(costOf(memory, 'boaster', 1000)).toBe(costOf(memory, 'modest', 5))
})

test('a full node is not asked again before it said, and not put off for ever', () => {
  let nowMs = 0
  const memory = createNodeMemory({ now: () => nowMs })
  const before = costOf(memory, 'a')
  memory.busy('a', 8_000)
  expect(costOf(memory, 'a')).toBe(before + 8_000)
  nowMs = 8_000
  expect(costOf(memory, 'a')).toBe(before)
  memory.busy('a', 3_600_000)
  nowMs += 60_000
  expect(costOf(memory, 'a')).toBe(before)
})

test('after a reload a liar is still avoided', async () => {
  const store = createStore()
  const before = createNodeMemory({ store })
  before.lied('a')
  expect(before.count.get()).toBe(1)
  await before.flush()
  const after = createNodeMemory({ store })
  await after.flush()
  expect(after.count.get()).toBe(1)
  expect(costOf(after, 'a')).toBeGreaterThan(costOf(after, 'b') + 50_000)
  await after.forget()
  expect(after.count.get()).toBe(0)
  expect(costOf(after, 'a')).toBe(costOf(after, 'b'))
  expect(store.records.size).toBe(0)
})

test('what two tabs see of one node adds up', async () => {
  const store = createStore()
  const tabs = [
    createNodeMemory({ now: () => 0, store }),
    createNodeMemory({ now: () => 0, store }),
  ]
  for (const tab of tabs) tab.failed('a')
  for (const tab of tabs) await tab.flush()
  expect(store.records.get('a')?.failures).toBe(2)
  // The one that wrote last knows both at once, the other with its next word.
  tabs[0]?.failed('a')
  await tabs[0]?.flush()
  expect(store.records.get('a')?.failures).toBe(3)
})

test('a store that fails costs nothing but the memory of it', async () => {
  const fail = async () => {
    throw new Error('The disk is full.')
  }
  const memory = createNodeMemory({ store: { list: fail, update: fail, clear: fail } })
  memory.lied('a')
  await memory.flush()
  expect(costOf(memory, 'a')).toBeGreaterThan(50_000)
})

test('strangers cannot fill the memory', () => {
  const memory = createNodeMemory()
  for (let index = 0; index < 3_000; index += 1) memory.failed(`${index}`)
  expect(memory.count.get()).toBe(1_000)
  expect(costOf(memory, '2999')).toBeGreaterThan(costOf(memory, '0'))
})

test('who answers falsely gets no jobs, here and in the next tab, until a week has passed', async () => {
  let nowMs = 0
  const now = () => nowMs
  const store = createStore()
  const memory = createNodeMemory({ now, store })
  memory.judged('cheat', 'failed')
  expect(costOf(memory, 'cheat')).toBe(Number.POSITIVE_INFINITY)
  expect([...memory.falseNodes.get()]).toEqual(['cheat'])
  await memory.flush()
  const next = createNodeMemory({ now, store })
  await next.flush()
  expect(next.isFalse('cheat')).toBe(true)
  expect([...next.falseNodes.get()]).toEqual(['cheat'])
  nowMs = 8 * 24 * 60 * 60_000
  expect(next.isFalse('cheat')).toBe(false)
  expect(costOf(next, 'cheat')).toBeLessThan(Number.POSITIVE_INFINITY)
})

test('doubts cost, and every answer that passes takes half of them away', () => {
  const memory = createNodeMemory()
  const before = costOf(memory, 'a')
  memory.judged('a', 'suspicious')
  const doubted = costOf(memory, 'a') - before
  expect(doubted).toBeGreaterThan(5_000)
  memory.judged('a', 'passed')
  expect(costOf(memory, 'a') - before).toBeCloseTo(doubted / 2, -1)
  expect(memory.isFalse('a')).toBe(false)
})
