import { expect, test } from 'vitest'
import { median, rounded } from './report.ts'

test('medians of odd and even counts', () => {
  expect(median([3, 1, 2])).toBe(2)
  expect(median([4, 1, 3, 2])).toBe(2.5)
  expect(() => median([])).toThrow('nothing')
  expect(rounded(1.005, 1)).toBe(1)
})
