import type { Sampling } from '@weft/protocol'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { candidates } from './candidates.ts'
import { gumbelNoise, noiseKey } from './gumbel-noise.ts'
import { sampleToken } from './sample-token.ts'

const countingSeed = Uint8Array.from({ length: 32 }, (_, index) => index)
const countingKey = noiseKey(countingSeed)

/** 1000 logits without a pattern, exact in float32: multiples of 1/64 in [-8, 8). */
const logits = Float32Array.from({ length: 1000 }, (_, token) => ((token * 7919) % 1024) / 64 - 8)

/** The first 16 choices for `logits` and `countingSeed`; another engine must make the same. */
const knownAnswers: [Sampling, number[]][] = [
  [
    { temperature: 1, topK: 0, topP: 1 },
    [619, 672, 259, 154, 124, 4, 949, 544, 244, 754, 394, 278, 574, 649, 514, 709],
  ],
  [
    { temperature: 0.7, topK: 40, topP: 0.95 },
    [619, 724, 694, 844, 889, 724, 949, 544, 964, 754, 499, 589, 574, 649, 514, 709],
  ],
  [
    { temperature: 0.8, topK: 0, topP: 0.9 },
    [619, 724, 259, 154, 124, 4, 949, 544, 244, 754, 394, 278, 574, 649, 514, 709],
  ],
  [
    { temperature: 2, topK: 5, topP: 1 },
    [994, 934, 964, 964, 949, 979, 949, 949, 964, 934, 949, 964, 964, 934, 934, 934],
  ],
]

describe('gumbel-philox4x32-10/1', () => {
  test('known answers of the noise', () => {
    expect([0, 1, 149_999].map((token) => gumbelNoise(countingKey, 0, token))).toEqual([
      -0.23954501146715906, 0.6236574166568448, -0.12437350704050985,
    ])
    expect(gumbelNoise(countingKey, 8191, 5)).toBe(2.2924824627506566)
  })

  test.each(knownAnswers)('known answers of %o', (sampling, tokens) => {
    const chosen = tokens.map((_, position) =>
      sampleToken(logits, { sampling, key: countingKey, position }),
    )
    expect(chosen).toEqual(tokens)
  })

  test.each([
    [[1, 3, 3, 2], 1],
    [[-Infinity, -5], 1],
    [[Number.NaN, -5, -5], 1],
  ])('greedy over %o takes %i', (values, token) => {
    const sampling = { temperature: 0, topK: 0, topP: 1 }
    const init = { sampling, key: countingKey, position: 0 }
    expect(sampleToken(Float32Array.from(values), init)).toBe(token)
  })

  test.each([0, 0.7])('no number among the logits is an error at temperature %f', (temperature) => {
    const sampling = { temperature, topK: 40, topP: 0.9 }
    const init = { sampling, key: countingKey, position: 0 }
    expect(() => sampleToken(Float32Array.of(Number.NaN, Number.NaN), init)).toThrow(
      expect.objectContaining({ code: 'engine/bad-logits' }),
    )
  })

  test('128 bits of the seed change the noise, a wrong length is refused', () => {
    for (let byte = 0; byte < 16; byte++) {
      const seed = Uint8Array.from(countingSeed)
      seed[byte] = 255
      expect(gumbelNoise(noiseKey(seed), 0, 0)).not.toBe(gumbelNoise(countingKey, 0, 0))
    }
    expect(() => noiseKey(new Uint8Array(31))).toThrow(RangeError)
  })

  test.each([
    { temperature: 1, topK: 0, topP: 1 },
    { temperature: 0.5, topK: 0, topP: 1 },
    { temperature: 1.5, topK: 4, topP: 1 },
    { temperature: 1, topK: 0, topP: 0.8 },
  ])('over many seeds %o follows the softmax of what survives', (sampling) => {
    const values = Float32Array.of(1.5, 0.25, -1, 2, 0.75, -0.5, 1.25, 0)
    const draws = 20_000
    const counts = new Map<number, number>()
    for (let draw = 0; draw < draws; draw++) {
      const key = [draw, 1, 2, 3] as const
      const token = sampleToken(values, { sampling, key, position: draw % 7 })
      counts.set(token, (counts.get(token) ?? 0) + 1)
    }
    const kept = [...candidates(values, sampling)]
    const weights = kept.map((token) => Math.exp((values[token] ?? 0) / sampling.temperature))
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    const chiSquare = kept.reduce((sum, token, index) => {
      const expected = (draws * (weights[index] ?? 0)) / total
      return sum + ((counts.get(token) ?? 0) - expected) ** 2 / expected
    }, 0)
    // 99.99th percentile of chi-square with 7 degrees of freedom.
    expect(chiSquare).toBeLessThan(29.9)
    expect([...counts.keys()].every((token) => kept.includes(token))).toBe(true)
  })
})

describe('candidates', () => {
  /** Multiples of 1/4, so that ties are common and every value is exact. */
  const someLogits = fc
    .array(fc.integer({ min: -40, max: 40 }), { minLength: 1, maxLength: 60 })
    .map((values) => Float32Array.from(values, (value) => value / 4))
  const someSampling = fc.record({
    temperature: fc.double({ min: 0.05, max: 2, noNaN: true }),
    topK: fc.integer({ min: 0, max: 70 }),
    topP: fc.oneof(fc.constant(1), fc.double({ min: 0.01, max: 0.999, noNaN: true })),
  })

  test('equals sorting everything', () => {
    fc.assert(
      fc.property(someLogits, someSampling, (values, sampling) => {
        const actual = [...candidates(values, sampling)].sort((a, b) => a - b)
        expect(actual).toEqual(sortedCandidates(values, sampling).sort((a, b) => a - b))
      }),
      { numRuns: 1000, seed: 3 },
    )
  })

  test('the chosen token is always one of them', () => {
    fc.assert(
      fc.property(someLogits, someSampling, fc.nat(10_000), (values, sampling, position) => {
        const token = sampleToken(values, { sampling, key: countingKey, position })
        expect(candidates(values, sampling)).toContain(token)
      }),
      { numRuns: 500, seed: 4 },
    )
  })

  test('ties go to the lowest ids', () => {
    const same = new Float32Array(10)
    expect([...candidates(same, { temperature: 1, topK: 3, topP: 1 })].sort()).toEqual([0, 1, 2])
    expect([...candidates(same, { temperature: 1, topK: 0, topP: 0.25 })]).toEqual([0, 1, 2])
  })
})

/** The same rule by its definition: sort all, then cut twice. */
function sortedCandidates(values: Float32Array, { temperature, topK, topP }: Sampling): number[] {
  const order = Array.from(values, (logit, token) => ({ logit, token }))
    .sort((a, b) => b.logit - a.logit || a.token - b.token)
    .slice(0, topK || values.length)
  const maximum = order[0]?.logit ?? 0
  const weights = order.map(({ logit }) => Math.exp((logit - maximum) / temperature))
  const enough = topP * weights.reduce((sum, weight) => sum + weight, 0)
  if (topP === 1) return order.map(({ token }) => token)
  let sum = 0
  const kept = order.filter((_, index) => {
    const isWanted = index === 0 || sum < enough
    sum += weights[index] ?? 0
    return isWanted
  })
  return kept.map(({ token }) => token)
}
