import { expect, test } from 'vitest'
import { LinePlaces, readBeforeIdle } from './line-places.ts'

test('the line that was of no use for longest makes room, one in use never', async () => {
  let nowMs = 0
  const places = new LinePlaces({ max: 3, maxPerPeer: 2, yieldMs: 10, now: () => nowMs })
  const ended: string[] = []
  const take = (peerId: string) =>
    places.take(peerId, ({ code }) => ended.push(`${peerId} ${code}`))
  const first = take('a')
  take('a')
  expect(() => take('a')).toThrow('too many lines')
  nowMs = 5
  take('b')
  expect(() => take('c')).toThrow('too many lines')

  nowMs = 20
  await first.use(async () => {
    nowMs = 100
    take('c')
    expect(ended).toEqual(['a network/idle'])
    take('d')
    expect(ended).toEqual(['a network/idle', 'b network/idle'])
    expect(() => take('e')).toThrow('too many lines')
  })
  nowMs = 109
  expect(places.has('b')).toBe(false)
  expect(places.has('a')).toBe(true)
  first.leave()
  expect(places.has('a')).toBe(false)
  take('e')
  expect(ended).toHaveLength(2)
})

test('a line is idle when nothing comes in time, and what is lost otherwise is told as it is', async () => {
  const silent = { read: () => new Promise<never>(() => {}) }
  const lost = { read: () => Promise.reject(new Error('lost')) }
  const full = { read: async () => 'message' }
  const nowMs = performance.now()
  const idle = { code: 'network/idle', message: 'Nothing was asked for in 0.05 s on this line.' }
  const soon = { sinceMs: nowMs, idleMs: 50 }
  await expect(readBeforeIdle(silent, soon)).rejects.toMatchObject(idle)
  await expect(readBeforeIdle(full, { ...soon, sinceMs: nowMs - 50 })).rejects.toMatchObject(idle)
  const later = { sinceMs: nowMs, idleMs: 60_000 }
  expect(await readBeforeIdle(full, later)).toBe('message')
  await expect(readBeforeIdle(lost, later)).rejects.toThrow('lost')
})
