import type { QueuePlace } from '@weft/protocol'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { JobQueue, type Place } from './job-queue.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function open(places: number) {
  const counts: string[] = []
  const queue = new JobQueue({
    places,
    onChange: ({ running, waiting }) => counts.push(`${running}+${waiting}`),
  })
  function enter(clientPeerId: string) {
    const places: QueuePlace[] = []
    const controller = new AbortController()
    const onPlace = (place: QueuePlace) => places.push(place)
    const place = queue.enter({ clientPeerId, signal: controller.signal, onPlace })
    place.catch(() => {})
    return { place, places, leave: () => controller.abort() }
  }
  return { queue, enter, counts }
}

const hold = (ms: number) => vi.advanceTimersByTimeAsync(ms)

test('places are given at once, then in turn, and who leaves is gone', async () => {
  const { enter, counts } = open(1)
  const first = await enter('a').place
  const [second, third] = [enter('b'), enter('c')]
  expect(second.places).toMatchObject([{ position: 1 }])
  expect(third.places).toMatchObject([{ position: 2 }])
  second.leave()
  await expect(second.place).rejects.toMatchObject({ code: 'protocol/cancelled' })
  first.release(true)
  ;(await third.place).release(true)
  first.release(true)
  expect(counts.at(-1)).toBe('0+0')
  expect(counts).toContain('1+2')
})

test('the wait is told by the length of jobs, and again as it changes, once a second', async () => {
  const { queue, enter } = open(1)
  for (let job = 0; job < 12; job += 1) {
    const place = await enter('a').place
    await hold(20)
    place.release(true)
  }
  const running = await enter('a').place
  const next = enter('b')
  expect(next.places[0]?.aboutMs).toBe(20)
  expect(queue.busyMs('c')).toBeNull()
  running.release(true)
  const held = await next.place
  const [one, two] = [enter('c'), enter('d')]
  one.leave()
  await hold(1_200)
  expect(two.places.map(({ position }) => position)).toEqual([2, 1])
  held.release(false)
  await two.place
})

test('before a job has ended, the wait is guessed, and a slow first job corrects the guess', async () => {
  const queue = new JobQueue({ places: 1, firstGuessMs: 40, onChange: () => {} })
  const places: QueuePlace[] = []
  const { signal } = new AbortController()
  const first = await queue.enter({ clientPeerId: 'a', signal, onPlace: () => {} })
  const next = queue.enter({ clientPeerId: 'b', signal, onPlace: (place) => places.push(place) })
  expect(places[0]?.aboutMs).toBe(40)
  await hold(400)
  const fourth = queue.enter({ clientPeerId: 'c', signal, onPlace: (place) => places.push(place) })
  // A quarter of its age for the first, and as much as that was for the second.
  expect(places.at(-1)?.aboutMs).toBe(500)
  first.release(true)
  ;(await next).release(true)
  ;(await fourth).release(true)
})

test('a queue has an end, for each client and for all, and says about how long', async () => {
  const { queue, enter } = open(1)
  await enter('a').place
  enter('a')
  enter('a')
  const busyMs = queue.busyMs('a') ?? 0
  expect(busyMs).toBeGreaterThanOrEqual(10_000)
  expect(queue.busyMs('b')).toBeNull()
  enter('b')
  enter('c')
  expect(queue.busyMs('d')).not.toBeNull()
})

test('a client with much to ask and one with little have equal shares', async () => {
  const { enter } = open(2)
  const jobs: Record<string, number> = { greedy: 0, modest: 0 }
  let over = false
  async function keepAsking(client: string): Promise<void> {
    while (!over) {
      const place: Place = await enter(client).place
      await new Promise((resolve) => setTimeout(resolve, 10))
      jobs[client] = (jobs[client] ?? 0) + 1
      place.release(true)
    }
  }
  const asking = [
    ...Array.from({ length: 6 }, () => keepAsking('greedy')),
    keepAsking('modest'),
    keepAsking('modest'),
  ]
  await hold(600)
  over = true
  await hold(100)
  await Promise.all(asking)
  const { greedy = 0, modest = 0 } = jobs
  expect(greedy / modest).toBeGreaterThan(0.7)
  expect(greedy / modest).toBeLessThan(1.4)
})
