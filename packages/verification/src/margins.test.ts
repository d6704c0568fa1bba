import type { Thresholds } from '@weft/protocol'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { severity, worstStretches } from './margins.ts'

const thresholds: Thresholds = {
  marginClip: 0.5,
  fingerprint: null,
  windows: [
    { tokens: 8, suspicious: 0.1, failed: 0.25 },
    { tokens: 32, suspicious: 0.05, failed: 0.125 },
  ],
}

describe('the worst stretch', () => {
  test('is found where it lies, its infinite margins clipped', () => {
    const margins = new Array<number>(100).fill(0)
    margins.fill(Number.POSITIVE_INFINITY, 40, 44)
    margins[50] = 0.25
    const [short, long] = worstStretches(margins, thresholds)
    expect(short).toMatchObject({ start: 36, tokens: 8, mean: 0.25 })
    expect(long).toMatchObject({ start: 19, tokens: 32, mean: 2.25 / 32 })
    expect(
      severity(
        [short, long].flatMap((each) => each ?? []),
        'failed',
      ),
    ).toBe(1)
  })

  test('of a short answer is filled up with nothing', () => {
    const [short, long] = worstStretches([0.25, 0.25], thresholds)
    expect(short).toMatchObject({ start: 0, tokens: 2, mean: 0.5 / 8 })
    expect(long).toMatchObject({ start: 0, tokens: 2, mean: 0.5 / 32 })
    expect(worstStretches([], thresholds).map(({ mean }) => mean)).toEqual([0, 0])
  })

  test('is the largest mean of all, by definition', () => {
    const margin = fc.oneof(fc.double({ min: 0, max: 2, noNaN: true }), fc.constant(Infinity))
    fc.assert(
      fc.property(fc.array(margin, { maxLength: 60 }), (margins) => {
        for (const { mean, limit } of worstStretches(margins, thresholds)) {
          const sums = margins.map((_, start) =>
            margins
              .slice(start, start + limit.tokens)
              .reduce((sum, each) => sum + Math.min(each, 0.5), 0),
          )
          expect(mean).toBeCloseTo(Math.max(0, ...sums) / limit.tokens, 12)
        }
      }),
    )
  })
})
