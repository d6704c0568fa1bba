import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { exponential, naturalLog } from './logarithm.ts'

const unit = fc.double({ min: 2 ** -33, max: 1 - 2 ** -33, noNaN: true })

/** Distance in units of the last place of `expected`. */
function ulps(actual: number, expected: number): number {
  const spacing = 2 ** (Math.floor(Math.log2(Math.abs(expected))) - 52)
  return Math.abs(actual - expected) / spacing
}

describe('naturalLog', () => {
  test('is within 2 ulp of Math.log over all the noise uses', () => {
    fc.assert(
      fc.property(unit, (u) => {
        const inner = naturalLog(u)
        expect(ulps(inner, Math.log(u))).toBeLessThanOrEqual(2)
        expect(ulps(naturalLog(-inner), Math.log(-inner))).toBeLessThanOrEqual(2)
      }),
      { numRuns: 5000, seed: 1 },
    )
  })

  test.each([
    [1, 0],
    [2, Math.LN2],
    [2 ** -33, -22.873856958478196],
    [1 - 2 ** -33, -1.1641532183371108e-10],
  ])('ln %f is %f', (x, expected) => {
    expect(naturalLog(x)).toBe(expected)
  })
})

describe('exponential', () => {
  test('is within 2 ulp of Math.exp over [-708, 0]', () => {
    fc.assert(
      fc.property(fc.double({ min: -708, max: 0, noNaN: true }), (x) => {
        expect(ulps(exponential(x), Math.exp(x))).toBeLessThanOrEqual(2)
      }),
      { numRuns: 5000, seed: 2 },
    )
  })

  test.each([
    [0, 1],
    [-0, 1],
    [-1, 0.36787944117144233],
    [-709, 0],
    [Number.NEGATIVE_INFINITY, 0],
  ])('e^%f is %f', (x, expected) => {
    expect(exponential(x)).toBe(expected)
  })
})
