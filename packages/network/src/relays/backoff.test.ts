import { expect, test } from 'vitest'
import { backoffMs } from './backoff.ts'

test('grows from half a second to five seconds', () => {
  const longest = () => 1
  expect([0, 1, 2, 3].map((failures) => backoffMs(failures, longest))).toEqual([
    500, 750, 1125, 1688,
  ])
  expect(backoffMs(1_000, longest)).toBe(5_000)
  expect(backoffMs(0, () => 0)).toBe(250)
})
