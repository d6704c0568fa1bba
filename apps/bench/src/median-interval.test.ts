import { expect, test } from 'vitest'
import { medianInterval } from './median-interval.ts'

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1).reverse()

test('the bounds are those of tables', () => {
  expect(medianInterval(upTo(5))).toEqual({ median: 3, low: 1, high: 5 })
  expect(medianInterval(upTo(6))).toEqual({ median: 3.5, low: 1, high: 6 })
  expect(medianInterval(upTo(9))).toEqual({ median: 5, low: 2, high: 8 })
  expect(medianInterval(upTo(12))).toEqual({ median: 6.5, low: 3, high: 10 })
  expect(medianInterval(upTo(20))).toEqual({ median: 10.5, low: 6, high: 15 })
  expect(() => medianInterval([])).toThrow('No values')
})
