import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { loadPart } from './load-part.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A server that fails so many times. */
function open(failures: number) {
  let asked = 0
  const part = loadPart(async () => {
    asked += 1
    if (asked <= failures) throw new Error(`Failed ${asked} times.`)
    return 'part'
  })
  part.catch(() => {})
  return { part, asked: () => asked }
}

test('a part that did not come is asked for again, and comes', async () => {
  const { part, asked } = open(2)
  await vi.advanceTimersByTimeAsync(300)
  expect(asked()).toBe(2)
  await vi.advanceTimersByTimeAsync(1_000)
  await expect(part).resolves.toBe('part')
  expect(asked()).toBe(3)
})

test('one that does not come at all is given up with its last error', async () => {
  const { part, asked } = open(Number.POSITIVE_INFINITY)
  await vi.advanceTimersByTimeAsync(60_000)
  await expect(part).rejects.toThrow('Failed 4 times.')
  expect(asked()).toBe(4)
})
