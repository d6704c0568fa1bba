import { freePrice, type Offer, type Price } from '@weft/protocol'
import { expect, test } from 'vitest'
import { costMs, type KnownOfNode, type Wanted } from './node-cost.ts'

const modelCid = 'm'
const price = (wei: bigint): Price => ({ inputWeiPerMillion: wei, outputWeiPerMillion: wei })

type Situation = Partial<KnownOfNode> &
  Partial<Pick<Wanted, 'maxPrice' | 'region' | 'maxTokens'>> & {
    announced?: number
    activeJobs?: number
    maxJobs?: number
    price?: Price
    nodeRegion?: string
  }

function cost(situation: Situation): number {
  const { announced = 100, activeJobs = 0, maxJobs = 4, nodeRegion = null } = situation
  const models = [{ modelCid, price: situation.price ?? freePrice, tokensPerSecond: announced }]
  const registration = { models, maxJobs, region: nodeRegion }
  const { tokensPerSecond = null, rttMs = null, failures = 0, lies = 0, busyMs = 0 } = situation
  const { doubts = 0, isFalse = false } = situation
  const { maxPrice = freePrice, region = null, maxTokens = 256 } = situation
  return costMs(
    { registration, activeJobs } as unknown as Offer,
    { tokensPerSecond, rttMs, failures, lies, doubts, isFalse, busyMs },
    { modelCid, inputTokens: 100, maxTokens, maxPrice, region },
  )
}

const paid = { price: price(5n * 10n ** 12n), maxPrice: price(10n ** 13n) }
const free = { maxPrice: price(10n ** 13n) }

const situations: [better: string, Situation, worse: string, Situation][] = [
  ['a faster node', { announced: 200 }, 'a slower one', { announced: 100 }],
  ['a free node', {}, 'one that answers somebody', { activeJobs: 2 }],
  ['a busy node', { activeJobs: 3 }, 'a full one', { activeJobs: 4 }],
  ['a full node', { activeJobs: 4 }, 'one with a queue', { activeJobs: 8 }],
  ['a slow free node', { announced: 40 }, 'a fast one with a queue', { activeJobs: 12 }],
  ['a near node', { rttMs: 20 }, 'a far one', { rttMs: 300 }],
  [
    'a far fast node',
    { rttMs: 200, announced: 200 },
    'a near slow one',
    { rttMs: 5, announced: 40 },
  ],
  ['an unknown line', {}, 'a bad one', { rttMs: 400 }],
  ['a good line', { rttMs: 30 }, 'an unknown one', {}],
  [
    'one that says it is near',
    { region: 'eu', nodeRegion: 'eu' },
    'one that says it is not',
    { region: 'eu', nodeRegion: 'us' },
  ],
  [
    'a measured near line',
    { rttMs: 98, region: 'eu', nodeRegion: 'us' },
    'a claim to be near',
    { region: 'eu', nodeRegion: 'eu' },
  ],
  ['what was measured', { tokensPerSecond: 60, announced: 1 }, 'a claim', { announced: 50 }],
  ['a modest claim', { announced: 300, rttMs: 99 }, 'a boast', { announced: 1e6 }],
  ['one that never failed', { announced: 40 }, 'one that just failed', { failures: 1 }],
  ['one that failed', { failures: 2 }, 'one that lied', { lies: 1 }],
  ['a slow one', { announced: 20 }, 'one that verifiers were not sure of', { doubts: 1 }],
  ['a liar', { lies: 3, failures: 3 }, 'one that answers falsely', { isFalse: true }],
  ['a queue of its own word', { busyMs: 3_000 }, 'a longer one', { busyMs: 9_000 }],
  ['a free answer', free, 'a paid one', paid],
  ['a paid free node', paid, 'an unpaid queue', { ...free, busyMs: 20_000 }],
  ['an unpaid short queue', { ...free, busyMs: 2_000 }, 'a paid free node', paid],
]

test.each(situations)('%s costs less than %s', (_better, a, _worse, b) => {
  expect(cost(a)).toBeLessThan(cost(b))
})

test('the formula', () => {
  // 128 tokens at 100 a second, three round trips of 100 ms.
  expect(cost({})).toBe(1_280 + 300)
  expect(cost({ maxTokens: 10 })).toBe(100 + 300)
  expect(cost({ activeJobs: 4 })).toBe(2 * 1_280 + 300 + (2 * 1_280) / 4)
  expect(cost({ rttMs: 10, failures: 0.5 })).toBe((1_280 + 30) * 3)
  expect(cost(paid)).toBe(1_280 + 300 + 5_000)
})

test('what costs more than the person pays is never asked', () => {
  expect(cost({ price: price(101n), maxPrice: price(100n) })).toBe(Number.POSITIVE_INFINITY)
  expect(cost({ price: price(1n) })).toBe(Number.POSITIVE_INFINITY)
})
