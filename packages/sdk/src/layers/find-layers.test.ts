/**
 * What a head knows of the tabs that compute its other layers.
 */
import type { LayersLine } from '@weft/network'
import type { Offer } from '@weft/protocol'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { findLayers } from './find-layers.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

const [modelCid, width] = ['whole', 8]

/** Of two parts: a directory, and tabs that can be reached or not. */
function open() {
  const offered = new Set([1, 2])
  const reachable = new Set([1, 2])
  const seen = { looks: 0, open: 0, isOffline: false }
  const search = findLayers({
    modelCid,
    width,
    parts: 2,
    network: {
      peerId: 'head',
      async findOffers() {
        seen.looks += 1
        if (seen.isOffline) throw new Error('no relay')
        return [...offered].map((part) => {
          const registration = { peerId: `tab ${part}`, layers: [{ modelCid, part }] }
          return { registration, activeJobs: 0 } as unknown as Offer
        })
      },
      async openLayers({ peerId }, { part }) {
        if (!reachable.has(part)) throw new Error('not reached')
        seen.open += 1
        const close = () => {
          seen.open -= 1
        }
        return { peerId, width, step: async (_, states) => states, close } satisfies LayersLine
      },
    },
  })
  return { ...search, offered, reachable, seen }
}

test('a part that nobody offers for a while is missing; it is back when a tab is reached for it', async () => {
  const { watch, missing, offered, reachable, seen } = open()
  const stop = watch()
  offered.delete(2)
  await vi.advanceTimersByTimeAsync(10_500)
  offered.add(2)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(missing.get()).toEqual([])
  offered.delete(2)
  reachable.delete(2)
  await vi.advanceTimersByTimeAsync(15_500)
  expect(missing.get()).toEqual([2])
  offered.add(2)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(missing.get()).toEqual([2])
  reachable.add(2)
  await vi.advanceTimersByTimeAsync(5_500)
  expect(missing.get()).toEqual([])
  expect(seen.open).toBe(0)
  stop()
  const { looks } = seen
  await vi.advanceTimersByTimeAsync(60_000)
  expect(seen.looks).toBe(looks)
})

test('without a relay nothing is known anew', async () => {
  const { watch, missing, seen } = open()
  const stop = watch()
  seen.isOffline = true
  await vi.advanceTimersByTimeAsync(60_000)
  expect(missing.get()).toEqual([])
  stop()
})

test('who looks for a part in vain knows after six seconds, and goes on looking', async () => {
  const { connect, missing, reachable } = open()
  reachable.delete(1)
  const line = connect(1, {})
  await vi.advanceTimersByTimeAsync(5_000)
  expect(missing.get()).toEqual([])
  await vi.advanceTimersByTimeAsync(2_000)
  expect(missing.get()).toEqual([1])
  reachable.add(1)
  await vi.advanceTimersByTimeAsync(1_000)
  expect((await line).peerId).toBe('tab 1')
  expect(missing.get()).toEqual([])

  reachable.delete(2)
  const left = new AbortController()
  const search = expect(connect(2, left)).rejects.toMatchObject({ code: 'protocol/cancelled' })
  await vi.advanceTimersByTimeAsync(1_000)
  left.abort()
  await search
})
