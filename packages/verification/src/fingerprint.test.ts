import { bytesToHex, fingerprintBytes, fingerprintPrime as prime, sha256 } from '@weft/protocol'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { evaluate, interpolate } from './field.ts'
import { compareFingerprint, makeFingerprint } from './fingerprint.ts'

/** States without a pattern: multiples of 1/64, all different within 65,521 of them. */
const patternless = (length: number, scale = 1) =>
  Float32Array.from(
    { length },
    (_, index) => ((((index + 1) * 48_271) % 65_521) / 64 - 512) * scale,
  )

const element = fc.integer({ min: 0, max: prime - 1 })

describe('polynomials over the field', () => {
  test('known answers', () => {
    // Through (1, 1), (2, 4), (3, 9): x^2.
    expect(interpolate([1, 2, 3].map((x) => ({ x, y: x * x })))).toEqual(Uint32Array.of(0, 0, 1))
    // A line through (0, 5) and (2, 4): 5 - x / 2, and 1 / 2 is 32749.
    expect(
      interpolate([
        { x: 0, y: 5 },
        { x: 2, y: 4 },
      ]),
    ).toEqual(Uint32Array.of(5, prime - 32_749))
    expect(evaluate(Uint32Array.of(5, prime - 32_749), 4)).toBe(3)
  })

  test('go through every point', () => {
    const points = fc
      .uniqueArray(element, { minLength: 1, maxLength: 40 })
      .chain((xs) => fc.tuple(...xs.map((x) => fc.record({ x: fc.constant(x), y: element }))))
    fc.assert(
      fc.property(points, (some) => {
        const polynomial = interpolate(some)
        expect(polynomial).toHaveLength(some.length)
        for (const { x, y } of some) expect(evaluate(polynomial, x)).toBe(y)
      }),
    )
  })
})

describe('a fingerprint', () => {
  test('known answers', () => {
    // One token of two states: 1.0 is 0x3f80, -2.5 is 0xc020; a line through (1, c020) and (0, 3f80).
    const two = makeFingerprint(Float32Array.of(1, -2.5))
    expect(bytesToHex(two.subarray(0, 8))).toBe('d9ff803fa0800000')
    const whole = makeFingerprint(patternless(32 * 192))
    expect(whole).toHaveLength(fingerprintBytes)
    expect(bytesToHex(sha256(whole))).toBe(
      '427225878b50a14aa35b773fd838e70e0040e36e977ead7846757b0f6d9fd848',
    )
  })

  test('has at most 8.1 bytes a token', () => {
    expect(fingerprintBytes / 32).toBeLessThanOrEqual(8.1)
  })

  test('finds all of itself, in states of any width', () => {
    for (const length of [1, 60, 128, 192, 32 * 576, 32 * 4096]) {
      const states = patternless(length)
      expect(compareFingerprint(makeFingerprint(states), states)).toEqual({
        values: Math.min(128, length),
        alike: Math.min(128, length),
        meanMantissa: 0,
      })
    }
  })

  test('finds nearly all in states that were rounded otherwise', () => {
    const noise = fc.array(fc.double({ min: -1e-5, max: 1e-5, noNaN: true }), {
      minLength: 64,
      maxLength: 64,
    })
    const states = patternless(32 * 192)
    const fingerprint = makeFingerprint(states)
    fc.assert(
      fc.property(noise, (relative) => {
        const other = states.map((state, index) => state * (1 + (relative[index % 64] ?? 0)))
        const { alike, meanMantissa } = compareFingerprint(fingerprint, other)
        expect(alike).toBeGreaterThanOrEqual(126)
        expect(meanMantissa).toBeLessThan(0.1)
      }),
      { numRuns: 30 },
    )
  })

  test('finds next to nothing in other states', () => {
    const fingerprint = makeFingerprint(patternless(32 * 192))
    const others = patternless(32 * 192).reverse()
    expect(compareFingerprint(fingerprint, others).alike).toBeLessThan(16)
    // The same places, all values a tenth larger.
    const larger = compareFingerprint(fingerprint, patternless(32 * 192, 1.1))
    expect(larger.meanMantissa).toBeGreaterThan(10)
  })

  test('keeps apart indices that are alike modulo the prime', () => {
    const states = new Float32Array(4 * prime)
    const places = [7, 7 + prime, 7 + 2 * prime, 7 + 3 * prime]
    places.forEach((place, index) => {
      states[place] = index + 1
    })
    // The zeros fill it up, with the lowest indices.
    expect(compareFingerprint(makeFingerprint(states), states).alike).toBe(128)
  })

  test.each([
    ['too few bytes', new Uint8Array(257)],
    ['no modulus', new Uint8Array(258)],
    ['no element', new Uint8Array(258).fill(0xff)],
  ])('is refused with %s', (_name, bytes) => {
    expect(() => compareFingerprint(bytes, Float32Array.of(1))).toThrow(
      expect.objectContaining({ code: 'protocol/malformed' }),
    )
  })

  test('of what is no number there is none', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      expect(() => makeFingerprint(Float32Array.of(1, value))).toThrow(RangeError)
    }
    expect(() => makeFingerprint(new Float32Array())).toThrow(RangeError)
    expect(
      compareFingerprint(makeFingerprint(Float32Array.of(3.4e38)), Float32Array.of(3.4e38)).alike,
    ).toBe(1)
  })
})
