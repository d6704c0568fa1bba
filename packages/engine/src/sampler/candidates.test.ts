import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { candidates } from './candidates.ts'
import { noiseKey } from './gumbel-noise.ts'
import { exponential, naturalLog } from './logarithm.ts'
import { type SampleInit, sampleToken } from './sample-token.ts'

type Rule = SampleInit['sampling']

const key = noiseKey(new Uint8Array(32))

/** Multiples of 1/4, so that ties are common and every value is exact; some forbidden. */
const someLogits = fc
  .array(fc.option(fc.integer({ min: -40, max: 40 }), { freq: 9, nil: -Infinity }), {
    minLength: 1,
    maxLength: 60,
  })
  .filter((values) => values.some((value) => value > -Infinity))
  .map((values) => Float32Array.from(values, (value) => value / 4))
const someRule: fc.Arbitrary<Rule> = fc.record({
  temperature: fc.double({ min: 0.05, max: 2, noNaN: true }),
  topK: fc.integer({ min: 0, max: 70 }),
  topP: fc.oneof(fc.constant(1), fc.double({ min: 0.01, max: 0.999, noNaN: true })),
  minP: fc.oneof(fc.constant(0), fc.constant(1), fc.double({ min: 0, max: 1, noNaN: true })),
})
const ascending = (ids: Iterable<number>) => [...ids].sort((a, b) => a - b)

describe('candidates', () => {
  test('equals sorting everything', () => {
    fc.assert(
      fc.property(someLogits, someRule, (values, rule) => {
        expect(ascending(candidates(values, rule))).toEqual(ascending(byDefinition(values, rule)))
      }),
      { numRuns: 2000, seed: 3 },
    )
  })

  test('the chosen token is always one of them', () => {
    fc.assert(
      fc.property(someLogits, someRule, fc.nat(10_000), (values, sampling, position) => {
        expect(candidates(values, sampling)).toContain(
          sampleToken(values, { sampling, key, position }),
        )
      }),
      { numRuns: 500, seed: 4 },
    )
  })

  test('ties go to the lowest ids', () => {
    const same = new Float32Array(10)
    const rule = { temperature: 1, topK: 3, topP: 1, minP: 0 }
    expect(ascending(candidates(same, rule))).toEqual([0, 1, 2])
    expect([...candidates(same, { ...rule, topK: 0, topP: 0.25 })]).toEqual([0, 1, 2])
  })

  test('the k largest logits decide alone', () => {
    fc.assert(
      fc.property(someLogits, someRule, (values, rule) => {
        fc.pre(rule.topK > 0)
        const kept = new Set(candidates(values, { ...rule, topP: 1, minP: 0 }))
        const others = values.map((logit, token) => (kept.has(token) ? logit : -Infinity))
        expect(ascending(candidates(others, rule))).toEqual(ascending(candidates(values, rule)))
      }),
      { numRuns: 500, seed: 5 },
    )
  })
})

/** The same rule by its definition: sort all, then cut three times. */
function byDefinition(values: Float32Array, { temperature, topK, topP, minP }: Rule): number[] {
  const order = Array.from(values, (logit, token) => ({ logit, token }))
    .filter(({ logit }) => logit > -Infinity)
    .sort((a, b) => b.logit - a.logit || a.token - b.token)
    .slice(0, topK || values.length)
  const maximum = order[0]?.logit ?? 0
  const weightOf = (logit: number) => exponential((logit - maximum) / temperature)
  const total = order
    .toSorted((a, b) => a.token - b.token)
    .reduce((sum, { logit }) => sum + weightOf(logit), 0)
  let sum = 0
  const likely = order.filter(({ logit }, index) => {
    const isWanted = topP === 1 || index === 0 || sum < topP * total
    sum += weightOf(logit)
    return isWanted
  })
  const least = minP === 0 ? -Infinity : maximum + temperature * naturalLog(minP)
  return likely.filter(({ logit }) => logit >= least).map(({ token }) => token)
}
