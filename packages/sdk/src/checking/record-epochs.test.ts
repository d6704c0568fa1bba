import { expect, test } from 'vitest'
import type { Standing } from './court-state.ts'
import { canRecord } from './record-epochs.ts'

test('epochs are recorded out of what a case does not need, by who is drawn', () => {
  const seat = { fromEpoch: 1, untilEpoch: null }
  const standing = { seat, lastEpoch: 5, caseFeeWei: 100n, gasWei: 110n } as Standing
  expect(canRecord(standing)).toBe(true)
  expect(canRecord({ ...standing, gasWei: 109n })).toBe(false)
  expect(canRecord({ ...standing, seat: null })).toBe(false)
  expect(canRecord({ ...standing, seat: { ...seat, untilEpoch: 5 } })).toBe(false)
  expect(canRecord(null)).toBe(false)
})
