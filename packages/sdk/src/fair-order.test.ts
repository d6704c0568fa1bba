import { expect, test } from 'vitest'
import { FairOrder, type Waiting } from './fair-order.ts'

const job = (clientPeerId: string): Waiting => ({ clientPeerId, passedBy: new Set() })

type Demand = { jobMs: number; jobs: number }

/** One place after the other is given; every client's next job comes as soon as it may. */
function run(demands: Record<string, Demand>, places: number, untilMs: number) {
  const order = new FairOrder({ places, placesPerClient: Math.max(1, Math.floor(places / 2)) })
  const usedMs: Record<string, number> = {}
  const waiting = Object.entries(demands).flatMap(([client, { jobs }]) =>
    Array.from({ length: jobs }, () => job(client)),
  )
  let running: { clientPeerId: string; endMs: number }[] = []
  let nowMs = 0
  while (nowMs < untilMs) {
    for (;;) {
      const next = order.take(waiting, running, 100)
      if (!next) break
      waiting.splice(waiting.indexOf(next), 1)
      const { clientPeerId } = next
      const ms = demands[clientPeerId]?.jobMs ?? 0
      running.push({ clientPeerId, endMs: nowMs + ms })
    }
    running.sort((a, b) => a.endMs - b.endMs)
    const [ended, ...rest] = running
    if (!ended) break
    running = rest
    nowMs = ended.endMs
    const { clientPeerId } = ended
    const ms = demands[clientPeerId]?.jobMs ?? 0
    usedMs[clientPeerId] = (usedMs[clientPeerId] ?? 0) + ms
    order.charge(clientPeerId, ms - 100)
    waiting.push(job(clientPeerId))
  }
  return usedMs
}

const shares: [string, Record<string, Demand>, places: number][] = [
  ['much and little demand', { a: { jobMs: 100, jobs: 20 }, b: { jobMs: 100, jobs: 1 } }, 1],
  ['much and little, two places', { a: { jobMs: 100, jobs: 20 }, b: { jobMs: 100, jobs: 2 } }, 2],
  ['long and short jobs', { a: { jobMs: 400, jobs: 3 }, b: { jobMs: 100, jobs: 3 } }, 1],
  ['long and short, four places', { a: { jobMs: 400, jobs: 4 }, b: { jobMs: 100, jobs: 4 } }, 4],
]

test.each(shares)('%s: equal shares of the time', (_name, demands, places) => {
  const used = run(demands, places, 60_000)
  expect((used.a ?? 0) / (used.b ?? 0)).toBeGreaterThan(0.85)
  expect((used.a ?? 0) / (used.b ?? 0)).toBeLessThan(1.15)
})

test('one client never takes the last place, unless there is only one', () => {
  const order = new FairOrder({ places: 4, placesPerClient: 2 })
  const waiting = [job('a'), job('a'), job('a')]
  const running = [job('a')]
  expect(order.take(waiting, running, 100)).toBe(waiting[0])
  expect(order.take(waiting, [...running, job('a')], 100)).toBeNull()
  expect(order.take([...waiting, job('b')], [job('a'), job('a')], 100)?.clientPeerId).toBe('b')
})

test('ever new clients do not keep one waiting for ever', () => {
  const order = new FairOrder({ places: 1, placesPerClient: 1 })
  order.charge('patient', 10_000)
  const patient = job('patient')
  let waiting = [patient]
  for (let turn = 0; turn < 20; turn += 1) {
    waiting = [...waiting, job(`new ${turn}`)]
    const next = order.take(waiting, [], 100)
    if (next === patient) {
      expect(turn).toBe(8)
      return
    }
    waiting = waiting.filter((each) => each !== next)
  }
  throw new Error('It waits for ever.')
})

test('identities cost nothing, so of ever more clients those that came last are remembered', () => {
  const order = new FairOrder({ places: 1, placesPerClient: 1 })
  const next = (...clients: string[]) => order.take(clients.map(job), [], 0)?.clientPeerId
  order.charge('first', 10_000)
  for (let each = 0; each < 998; each += 1) order.charge(`new ${each}`, 10_000)
  order.charge('last', 10_000)
  expect([next('first', 'fresh'), next('last', 'fresh')]).toEqual(['fresh', 'fresh'])
  order.charge('one more', 10_000)
  expect([next('first', 'fresh'), next('last', 'fresh')]).toEqual(['first', 'fresh'])
})

test('what is foreseen is what comes', () => {
  const order = new FairOrder({ places: 2, placesPerClient: 1 })
  const waiting = [job('a'), job('a'), job('b')]
  const running = [{ clientPeerId: 'c', restMs: 70 }]
  const foreseen = order.foresee(waiting, running, 100)
  expect(foreseen.map(({ ticket, startMs }) => [ticket.clientPeerId, startMs])).toEqual([
    ['a', 0],
    ['b', 70],
    ['a', 100],
  ])
  expect(waiting.every(({ passedBy }) => passedBy.size === 0)).toBe(true)
})
