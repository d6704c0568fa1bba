import { expect, test } from 'vitest'
import { backoffMs } from './backoff.ts'

test('grows from half a second to five seconds', () => {
  const longest = { isNeeded: true, random: () => 1 }
  const pauses = [0, 1, 2, 3].map((count) => backoffMs({ count, isBusy: false }, longest))
  expect(pauses).toEqual([500, 750, 1125, 1688])
  expect(backoffMs({ count: 1_000, isBusy: false }, longest)).toBe(5_000)
  expect(backoffMs({ count: 0, isBusy: false }, { isNeeded: true, random: () => 0 })).toBe(250)
})

test('a relay that is too busy to answer is asked ever less often', () => {
  const longest = { isNeeded: true, random: () => 1 }
  expect(backoffMs({ count: 3, isBusy: true }, longest)).toBe(4_000)
  expect(backoffMs({ count: 1_000, isBusy: true }, longest)).toBe(15_000)
})

test('a relay beside another one has time', () => {
  const pauses = [0, 1].map((drawn) =>
    backoffMs({ count: 0, isBusy: false }, { isNeeded: false, random: () => drawn }),
  )
  expect(pauses).toEqual([2_000, 45_000])
})
