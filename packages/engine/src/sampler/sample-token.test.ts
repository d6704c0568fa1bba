import { describe, expect, test } from 'vitest'
import { candidates } from './candidates.ts'
import { gumbelNoise, noiseKey } from './gumbel-noise.ts'
import { marginOf, type SampleInit, sampleToken } from './sample-token.ts'

const countingSeed = Uint8Array.from({ length: 32 }, (_, index) => index)
const countingKey = noiseKey(countingSeed)

/** 1000 logits without a pattern, exact in float32: multiples of 1/64 in [-8, 8). */
const logits = Float32Array.from({ length: 1000 }, (_, token) => ((token * 7919) % 1024) / 64 - 8)

/** The first 16 choices for `logits` and `countingSeed`; another engine must make the same. */
const knownAnswers: [SampleInit['sampling'], number[]][] = [
  [
    { temperature: 1, topK: 0, topP: 1, minP: 0 },
    [619, 672, 259, 154, 124, 4, 949, 544, 244, 754, 394, 278, 574, 649, 514, 709],
  ],
  [
    { temperature: 0.7, topK: 40, topP: 0.95, minP: 0 },
    [619, 724, 694, 844, 889, 724, 949, 544, 964, 754, 499, 589, 574, 649, 514, 709],
  ],
  [
    { temperature: 0.8, topK: 0, topP: 0.9, minP: 0 },
    [619, 724, 259, 154, 124, 4, 949, 544, 244, 754, 394, 278, 574, 649, 514, 709],
  ],
  [
    { temperature: 2, topK: 5, topP: 1, minP: 0 },
    [994, 934, 964, 964, 949, 979, 949, 949, 964, 934, 949, 964, 964, 934, 934, 934],
  ],
  [
    { temperature: 0.9, topK: 0, topP: 1, minP: 0.1 },
    [619, 724, 259, 154, 124, 4, 949, 544, 244, 754, 394, 278, 574, 649, 514, 709],
  ],
  [
    { temperature: 1.2, topK: 60, topP: 0.9, minP: 0.3 },
    [619, 724, 259, 844, 889, 724, 949, 544, 244, 754, 394, 589, 574, 649, 514, 709],
  ],
]

describe('gumbel-philox4x32-10/2', () => {
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
    [[-5, -Infinity, -5], 0],
  ])('greedy over %o takes %i', (values, token) => {
    const sampling = { temperature: 0, topK: 0, topP: 1, minP: 0 }
    const init = { sampling, key: countingKey, position: 0 }
    expect(sampleToken(Float32Array.from(values), init)).toBe(token)
  })

  describe.each([0, 0.7])('at temperature %f', (temperature) => {
    const sampling = { temperature, topK: 2, topP: 0.9, minP: 0 }
    const init = { sampling, key: countingKey, position: 0 }

    test.each([
      [[Number.NaN, 1, 2, 3], 'Token 0 has NaN.'],
      [[3, 2, 1, Number.NaN], 'Token 3 has NaN.'],
      [[3, Infinity, 1, 0], 'Token 1 has Infinity.'],
      [[-Infinity, -Infinity], 'All 2 are -Infinity.'],
    ])('logits %o are an error that says which', (values, fact) => {
      expect(() => sampleToken(Float32Array.from(values), init)).toThrow(
        expect.objectContaining({
          code: 'engine/bad-logits',
          message: expect.stringContaining('not a number'),
          facts: [fact],
        }),
      )
    })
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
    { temperature: 1, topK: 0, topP: 1, minP: 0 },
    { temperature: 0.5, topK: 0, topP: 1, minP: 0 },
    { temperature: 1.5, topK: 4, topP: 1, minP: 0 },
    { temperature: 1, topK: 0, topP: 0.8, minP: 0 },
    { temperature: 0.8, topK: 0, topP: 1, minP: 0.2 },
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

  test.each(knownAnswers)('the margin of %o is the definition’s, term by term', (sampling) => {
    const survivors = new Set(candidates(logits, sampling))
    const noisy = (token: number, position: number): number =>
      (logits[token] ?? 0) + sampling.temperature * gumbelNoise(countingKey, position, token)
    for (let position = 0; position < 16; position++) {
      const init = { sampling, key: countingKey, position }
      const best = Math.max(...[...survivors].map((token) => noisy(token, position)))
      for (const token of [...survivors].slice(0, 20)) {
        const { chosen, margin } = marginOf(logits, new Set([token]), init)
        expect(chosen).toBe(sampleToken(logits, init))
        expect(margin).toBeCloseTo(best - noisy(token, position), 10)
        expect(margin === 0).toBe(token === chosen)
      }
      const outside = logits.findIndex((_, token) => !survivors.has(token))
      if (outside < 0) continue
      expect(marginOf(logits, new Set([outside]), init).margin).toBe(Number.POSITIVE_INFINITY)
      const [inside = 0] = survivors
      expect(marginOf(logits, new Set([outside, inside]), init)).toEqual(
        marginOf(logits, new Set([inside]), init),
      )
    }
  })

  test('the margin at temperature 0 is the difference of the logits', () => {
    const sampling = { temperature: 0, topK: 0, topP: 1, minP: 0 }
    const init = { sampling, key: countingKey, position: 3 }
    const few = Float32Array.of(1, 4, 3.5, Number.NEGATIVE_INFINITY)
    const marginFor = (...own: number[]) => marginOf(few, new Set(own), init).margin
    expect([0, 1, 2, 3].map((token) => marginFor(token))).toEqual([3, 0, 0.5, Infinity])
    expect(marginFor(0, 2)).toBe(0.5)
  })
})
