import type { Offer } from '@weft/protocol'
import { expect, test } from 'vitest'
import { createNodeMemory } from './node-memory.ts'
import { rank } from './node-search.ts'

const modelCid = 'm'

function offer(peerId: string, tokensPerSecond: number, activeJobs = 0): Offer {
  const models = [{ modelCid, tokensPerSecond }]
  return { registration: { peerId, models, maxJobs: 4 }, activeJobs } as unknown as Offer
}

test('a faster node is cheaper, a fuller one dearer, one that failed dearer still', () => {
  const memory = createNodeMemory()
  const cost = (...init: Parameters<typeof offer>) => memory.costMs(offer(...init), modelCid)
  expect(cost('a', 100)).toBeLessThan(cost('b', 50))
  expect(cost('a', 100)).toBeLessThan(cost('b', 100, 3))
  memory.failed('a')
  expect(cost('a', 100)).toBeGreaterThan(cost('b', 100, 4))
})

test('a failure is forgotten by and by', () => {
  let nowMs = 0
  const memory = createNodeMemory(() => nowMs)
  const cost = () => memory.costMs(offer('a', 100), modelCid)
  const before = cost()
  memory.failed('a')
  const fresh = cost() - before
  nowMs = 10 * 60_000
  expect(cost() - before).toBeCloseTo(fresh / 2)
})

test('what was measured counts, not what is announced; a few tokens measure nothing', () => {
  const memory = createNodeMemory()
  memory.answered('boaster', { tokens: 3, ms: 3_000 })
  expect(memory.costMs(offer('boaster', 1000), modelCid)).toBe(1)
  memory.answered('boaster', { tokens: 50, ms: 10_000 })
  expect(memory.costMs(offer('boaster', 1000), modelCid)).toBe(200)
})

test('of two the cheaper one; of many, seldom a dear one, and never always the same', () => {
  const costOf = ({ activeJobs }: Offer) => activeJobs
  const first = (offers: Offer[]) => rank(offers, costOf)[0]?.peerId
  expect(first([offer('dear', 1, 9), offer('cheap', 1, 1)])).toBe('cheap')
  const ten = Array.from({ length: 10 }, (_, index) => offer(`${index}`, 1, index))
  const firsts = Array.from({ length: 300 }, () => first(ten))
  expect(new Set(firsts).size).toBeGreaterThan(3)
  // The dearest is never the better of two.
  expect(firsts).not.toContain('9')
  expect(rank(ten, costOf)).toHaveLength(10)
})
