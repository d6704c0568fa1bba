import { type JobCall, NodeRefusedError } from '@weft/network'
import { type Offer, type QueuePlace, WeftError } from '@weft/protocol'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { AskEnd, AskedNode } from './ask-node.ts'
import { type Candidates, type NodeWait, openNode } from './open-node.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

type Answer = { free: true } | { place: QueuePlace } | { busyMs: number } | { fails: string }

/** Nodes that answer as the table says when they are asked, and what was done with them. */
function open(answers: Record<string, Answer>) {
  const log: string[] = []
  const full = new Set<string>()
  const asked = new Set<string>()
  const grants = new Map<string, (end: AskEnd) => void>()
  const waits: NodeWait[] = []
  const callOf = (peerId: string) => ({ nodePeerId: peerId }) as unknown as JobCall
  const candidates: Candidates = {
    fresh: () =>
      Object.entries(answers).flatMap(([peerId, answer]) => {
        if (asked.has(peerId)) return []
        const activeJobs = 'free' in answer ? 0 : 4
        return [{ registration: { peerId, maxJobs: 4 }, activeJobs } as unknown as Offer]
      }),
    refresh: async () => void log.push('look'),
    ask({ peerId }): AskedNode {
      asked.add(peerId)
      const answer = answers[peerId] ?? { busyMs: 0 }
      const end = Promise.withResolvers<AskEnd>()
      let ended: AskEnd | null = null
      void end.promise.then((state) => {
        ended = state
      })
      grants.set(peerId, end.resolve)
      const place = 'place' in answer ? answer.place : null
      if ('free' in answer) end.resolve({ type: 'opened', call: callOf(peerId) })
      if ('fails' in answer) {
        const error = new WeftError(`network/${answer.fails}`, 'It failed.')
        end.resolve({ type: 'failed', error })
      }
      if ('busyMs' in answer) {
        const error = new NodeRefusedError({ code: 'sdk/busy', message: 'Full.' }, answer.busyMs)
        end.resolve({ type: 'failed', error })
      }
      return {
        peerId,
        place: () => place,
        first: place ? Promise.resolve({ type: 'queued', place }) : end.promise,
        end: end.promise,
        ended: () => ended,
        leave: () => void log.push(`leave ${peerId}`),
      }
    },
    noteFull(peerId) {
      full.add(peerId)
      asked.delete(peerId)
    },
    noteFailed: (peerId) => void log.push(`failed ${peerId}`),
  }
  const controller = new AbortController()
  const start = (mayWait = true, onWait = () => {}) =>
    openNode(candidates, {
      signal: controller.signal,
      onWait(wait) {
        waits.push(wait)
        onWait()
      },
      ...(mayWait ? {} : { onWait: null }),
    })
  const grant = (peerId: string) => grants.get(peerId)?.({ type: 'opened', call: callOf(peerId) })
  return { start, log, waits, full, grant, answers, stop: () => controller.abort() }
}

const place = (position: number, aboutMs: number) => ({ place: { position, aboutMs } })

const many = (answer: Answer) =>
  Object.fromEntries(Array.from({ length: 16 }, (_, index) => [`node ${index}`, answer]))

test('nodes that fail end a search, nodes that a relay made up do not', async () => {
  const failing = open({ ...many({ fails: 'unreachable' }), free: { free: true } })
  await expect(failing.start()).rejects.toMatchObject({ code: 'network/unreachable' })
  const madeUp = many({ fails: 'false-offer' })
  expect((await open({ ...madeUp, free: { free: true } }).start()).nodePeerId).toBe('free')
  await expect(open(madeUp).start()).rejects.toMatchObject({ code: 'network/false-offer' })
})

test('a free node is preferred to a queue, which is left', async () => {
  const { start, log, waits } = open({ full: place(1, 9_000), free: { free: true } })
  expect((await start()).nodePeerId).toBe('free')
  expect(log).toEqual(['leave full'])
  expect(waits).toEqual([])
})

test('where all are full the shortest queue is taken, and the others are left at once', async () => {
  const { start, log, waits, grant } = open({
    long: place(3, 20_000),
    short: place(1, 4_000),
    refuses: { busyMs: 60_000 },
  })
  const opening = start()
  await vi.advanceTimersByTimeAsync(10)
  expect(log).toEqual(['leave long'])
  expect(waits).toEqual([{ position: 1, aboutMs: 4_000 }])
  grant('short')
  expect((await opening).nodePeerId).toBe('short')
  expect(log).toEqual(['leave long'])
})

test('who waits keeps looking: another node that gets free wins, and the queue is left first', async () => {
  const { start, log, answers } = open({ full: place(2, 60_000) })
  const opening = start()
  await vi.advanceTimersByTimeAsync(10)
  answers.later = { free: true }
  await vi.advanceTimersByTimeAsync(3_000)
  expect((await opening).nodePeerId).toBe('later')
  expect(log).toEqual(['look', 'leave full'])
})

test('where every node refuses, all are asked again until one has a place', async () => {
  const { start, waits, answers } = open({ a: { busyMs: 30_000 }, b: { busyMs: 8_000 } })
  const opening = start()
  await vi.advanceTimersByTimeAsync(10)
  expect(waits).toEqual([{ position: null, aboutMs: 8_000 }])
  await vi.advanceTimersByTimeAsync(9_000)
  answers.b = { free: true }
  await vi.advanceTimersByTimeAsync(3_000)
  expect((await opening).nodePeerId).toBe('b')
})

test('it does not wait for ever, and not at all where nobody may wait', async () => {
  const never = open({ a: { busyMs: 8_000 } })
  const failure = expect(never.start()).rejects.toMatchObject({
    code: 'sdk/busy',
    message: 'Every tab is busy. A place is free in about 8 s.',
  })
  await vi.advanceTimersByTimeAsync(6 * 60_000)
  await failure
  const hasty = open({ a: place(1, 3_000) })
  await expect(hasty.start(false)).rejects.toMatchObject({ code: 'sdk/busy' })
  expect(hasty.log).toEqual(['leave a'])
})

test('who stops waiting has left the queue', async () => {
  const { start, log, stop } = open({ a: place(1, 60_000) })
  const failure = expect(start()).rejects.toMatchObject({ code: 'protocol/cancelled' })
  await vi.advanceTimersByTimeAsync(10)
  stop()
  await failure
  expect(log).toEqual(['leave a'])
})

test('who stops waiting as soon as a wait is told is kept no longer', async () => {
  const { start, log, stop } = open({ a: place(1, 60_000) })
  const failure = expect(start(true, stop)).rejects.toMatchObject({ code: 'protocol/cancelled' })
  await vi.advanceTimersByTimeAsync(10)
  expect(log).toEqual(['leave a'])
  await failure
})
