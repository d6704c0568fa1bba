import { expect, test } from 'vitest'
import { UploadGate } from './upload-gate.ts'

const { signal } = new AbortController()

test('peers take turns, however much one of them asks for', async () => {
  const gate = new UploadGate(() => ({ bytesPerSecond: 10_000, maxPeers: 4 }))
  const order: string[] = []
  const take = async (peer: string) => {
    await gate.take(peer, 100, signal)
    order.push(peer)
  }
  await Promise.all(['first', 'greedy', 'greedy', 'greedy', 'modest', 'late'].map(take))
  expect(order).toEqual(['first', 'greedy', 'modest', 'late', 'greedy', 'greedy'])
})

test('a place is taken by asking, and free again after a while of silence', () => {
  let nowMs = 0
  const gate = new UploadGate(
    () => ({ bytesPerSecond: null, maxPeers: 2 }),
    () => nowMs,
  )
  expect([gate.enter('a'), gate.enter('b'), gate.enter('c')]).toEqual([0, 0, 10_000])
  nowMs = 9_000
  expect(gate.enter('a')).toBe(0)
  nowMs = 11_000
  expect([gate.enter('c'), gate.enter('b')]).toEqual([0, 10_000])
  gate.leave('a')
  expect(gate.enter('b')).toBe(0)
})

test('what would take longer than a peer waits is told', async () => {
  let nowMs = 0
  let bytesPerSecond: number | null = 1_000
  const gate = new UploadGate(
    () => ({ bytesPerSecond, maxPeers: 2 }),
    () => nowMs,
  )
  expect(gate.busyMs()).toBe(0)
  await gate.take('a', 50_000, signal)
  expect([gate.busyMs(), gate.enter('a')]).toEqual([50_000, 50_000])
  nowMs = 20_000
  expect([gate.busyMs(), gate.enter('a')]).toEqual([0, 0])
  nowMs = 0
  bytesPerSecond = null
  expect(gate.busyMs()).toBe(0)
  gate.stop()
})

test('who leaves is not waited for', async () => {
  const gate = new UploadGate(() => ({ bytesPerSecond: 1_000, maxPeers: 2 }))
  await gate.take('a', 100, signal)
  await expect(gate.take('a', 1e9, AbortSignal.timeout(10))).rejects.toMatchObject({
    code: 'protocol/cancelled',
  })
  await gate.take('b', 10, signal)
})
