import { expect, test } from 'vitest'
import {
  areaUnderCurve,
  chooseFingerprintLimits,
  chooseMarginLimits,
  drawSeverities,
  shareFound,
} from './calibration.ts'
import { isAlike } from './fingerprint.ts'

/** Mulberry32 by Tommy Ettinger: the same numbers each time. */
function numbers() {
  let state = 7
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const random = numbers()
/** Margins of which a share is not 0 but up to `most`. */
const answers = (count: number, share: number, most: number) =>
  Array.from({ length: count }, () =>
    Float64Array.from({ length: 300 }, () => (random() < share ? random() * most : 0)),
  )
const init = { random, trials: 1000, tokens: 300 }

test('limits leave honest answers alone and find cheats', () => {
  const pairs = [answers(40, 0.001, 1e-4), answers(40, 0.02, 0.01)]
  const thresholds = chooseMarginLimits(pairs, { ...init, leastClip: 0.02 })
  expect(thresholds.marginClip).toBe(0.02)
  for (const pair of pairs) {
    expect(shareFound(drawSeverities(pair, thresholds, { ...init, by: 'failed' }))).toBe(0)
  }
  const cheat = answers(20, 0.1, 2)
  const found = drawSeverities(cheat, thresholds, { ...init, by: 'failed' })
  expect(shareFound(found)).toBe(1)
  // Nobody fails for one token, whatever it is.
  const edge = [new Float64Array(300).fill(Number.POSITIVE_INFINITY, 150, 151)]
  expect(shareFound(drawSeverities(edge, thresholds, { ...init, by: 'failed' }))).toBe(0)
})

test('a clip is the 99.9th percentile of the noisiest pair', () => {
  const noisy = answers(40, 1, 0.5)
  const { marginClip } = chooseMarginLimits([answers(40, 0, 0), noisy], {
    ...init,
    trials: 100,
    leastClip: 0.02,
  })
  expect(marginClip).toBeGreaterThan(0.495)
  expect(marginClip).toBeLessThan(0.5)
})

test('a drawn answer keeps what happens late where it happens', () => {
  const late = answers(10, 0, 0).map((margins) => margins.fill(1, 192))
  const thresholds = {
    marginClip: 1,
    windows: [{ tokens: 128, suspicious: 0.5, failed: 108 / 128 }],
  }
  expect([...new Set(drawSeverities(late, thresholds, { ...init, by: 'failed' }))]).toEqual([1])
})

test('the area under the curve is that of the definition', () => {
  const honest = Float64Array.of(0, 0, 1, 2)
  const cheat = Float64Array.of(0, 1, 3)
  const wins = [...cheat].flatMap((c) => [...honest].map((h) => (c > h ? 1 : c === h ? 0.5 : 0)))
  const mean = wins.reduce<number>((sum, win) => sum + win, 0) / wins.length
  expect(areaUnderCurve(honest, cheat)).toBe(mean)
})

test('limits of fingerprints leave the furthest honest one alone', () => {
  const honest = [
    { values: 128, alike: 127, meanMantissa: 0.25 },
    { values: 64, alike: 64, meanMantissa: 0 },
  ]
  const limits = chooseFingerprintLimits(honest)
  expect(limits).toEqual({ leastAlike: 0.9 - 2 / 128, mostMantissa: 1 })
  for (const likeness of honest) expect(isAlike(likeness, limits)).toBe(true)
  expect(isAlike({ values: 128, alike: 112, meanMantissa: 0 }, limits)).toBe(false)
  expect(isAlike({ values: 128, alike: 128, meanMantissa: 1.1 }, limits)).toBe(false)
})
