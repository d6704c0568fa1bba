import { expect, test } from 'vitest'
import { Strikes } from './strikes.ts'

test('three strikes within a minute refuse a peer for five', () => {
  let nowMs = 0
  const strikes = new Strikes({ now: () => nowMs })
  expect(strikes.record('a')).toBe(false)
  nowMs = 61_000
  expect(strikes.record('a')).toBe(false)
  expect(strikes.record('a')).toBe(false)
  expect(strikes.isRefused('a')).toBe(false)
  expect(strikes.record('a')).toBe(true)
  expect(strikes.isRefused('a')).toBe(true)
  expect(strikes.isRefused('b')).toBe(false)
  nowMs += 5 * 60_000
  expect(strikes.isRefused('a')).toBe(false)
})
