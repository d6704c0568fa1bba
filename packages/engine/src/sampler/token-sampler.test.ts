import { greedySampling, type Sampling } from '@weft/protocol'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkSampling } from './check-sampling.ts'
import { gumbelNoise, noiseKey } from './gumbel-noise.ts'
import { exponential, naturalLog } from './logarithm.ts'
import { createTokenSampler } from './token-sampler.ts'

const seed = Uint8Array.from({ length: 32 }, (_, index) => index)
/** 1000 logits without a pattern, exact in float32: multiples of 1/64 in [-8, 8). */
const patternless = (position: number) =>
  Float32Array.from({ length: 1000 }, (_, token) => ((token * 7919 + position) % 1024) / 64 - 8)

function run(settings: Partial<Sampling>, promptTokens: number[], steps: number): number[] {
  const sampling = { ...greedySampling, ...settings }
  const sampler = createTokenSampler({ sampling, seed, promptTokens, grammar: null })
  return Array.from({ length: steps }, (_, position) => {
    const token = sampler.sample(patternless(position % 2))
    sampler.accept(token)
    return token
  })
}

/** First choices over two sets of logits in turn; another engine must make the same. */
const knownAnswers: [name: string, Partial<Sampling>, tokens: number[]][] = [
  [
    'bias',
    {
      temperature: 1,
      topK: 40,
      logitBias: [
        { token: 5, bias: 6.5 },
        { token: 619, bias: -100 },
      ],
    },
    [5, 724, 694, 844, 889, 724, 949, 544, 964, 754, 5, 589],
  ],
  [
    'repetition penalty',
    { repetitionPenalty: 1.3 },
    [979, 964, 949, 919, 904, 889, 874, 859, 844, 829, 814, 799],
  ],
  [
    'frequency penalty',
    { frequencyPenalty: 0.02 },
    [994, 979, 994, 964, 979, 994, 949, 964, 979, 994, 934, 949],
  ],
  [
    'presence penalty',
    { presencePenalty: 0.1 },
    [994, 979, 964, 949, 934, 919, 904, 994, 994, 994, 994, 994],
  ],
  [
    'everything',
    {
      temperature: 0.8,
      topK: 50,
      topP: 0.95,
      minP: 0.05,
      repetitionPenalty: 1.1,
      frequencyPenalty: 0.3,
      presencePenalty: -0.5,
      logitBias: [{ token: 7, bias: 14 }],
    },
    [619, 724, 694, 844, 889, 364, 949, 544, 244, 754, 394, 589],
  ],
]

describe('token sampler', () => {
  test.each(knownAnswers)('known answers with %s', (_name, settings, tokens) => {
    expect(run(settings, [994, 934, 929], 12)).toEqual(tokens)
  })

  test('a positive logit is divided, a negative multiplied, once for prompt and answer', () => {
    const sampling = { ...greedySampling, repetitionPenalty: 2 }
    const sampler = createTokenSampler({ sampling, seed, promptTokens: [0, 0], grammar: null })
    sampler.accept(1)
    sampler.accept(1)
    const logits = Float32Array.of(3, -3, 1)
    sampler.sample(logits)
    expect([...logits]).toEqual([1.5, -6, 1])
  })

  test('frequency counts the answer only, presence once', () => {
    const sampling = { ...greedySampling, frequencyPenalty: 0.5, presencePenalty: 0.25 }
    const sampler = createTokenSampler({ sampling, seed, promptTokens: [0], grammar: null })
    sampler.accept(1)
    sampler.accept(2)
    sampler.accept(2)
    const logits = Float32Array.of(1, 1, 1)
    sampler.sample(logits)
    expect([...logits]).toEqual([1, 0.25, -0.25])
  })

  test('equals the rule written plainly, for any settings', () => {
    const setting: fc.Arbitrary<Sampling> = fc.record({
      temperature: fc.constantFrom(0, 0.3, 1, 2),
      topK: fc.integer({ min: 0, max: 45 }),
      topP: fc.constantFrom(1, 0.95, 0.5),
      minP: fc.constantFrom(0, 0.02, 0.5),
      repetitionPenalty: fc.constantFrom(1, 0.5, 1.3, 2),
      frequencyPenalty: fc.constantFrom(0, -2, 0.7),
      presencePenalty: fc.constantFrom(0, -0.3, 2),
      logitBias: fc
        .uniqueArray(fc.record({ token: fc.nat(39), bias: fc.integer({ min: -100, max: 100 }) }), {
          selector: ({ token }) => token,
          maxLength: 4,
        })
        .map((biases) => biases.sort((a, b) => a.token - b.token)),
      grammar: fc.constant({ type: 'text' as const }),
      stop: fc.constant([]),
    })
    const logits = fc.array(fc.float({ min: -20, max: 20, noNaN: true }), {
      minLength: 40,
      maxLength: 40,
    })
    const tokens = fc.array(fc.nat(39), { maxLength: 10 })
    fc.assert(
      fc.property(setting, logits, tokens, tokens, (sampling, values, promptTokens, answer) => {
        checkSampling(sampling, 40)
        const sampler = createTokenSampler({ sampling, seed, promptTokens, grammar: null })
        for (const token of answer) sampler.accept(token)
        expect(sampler.sample(Float32Array.from(values))).toBe(
          plainly(Float32Array.from(values), { sampling, promptTokens, answer }),
        )
      }),
      { numRuns: 2000, seed: 9 },
    )
  })

  test('a resume goes on as if it had never stopped', () => {
    const settings = { temperature: 1, frequencyPenalty: 1, repetitionPenalty: 1.2 }
    const whole = run(settings, [1, 2], 20)
    const sampling = { ...greedySampling, ...settings }
    const resumed = createTokenSampler({ sampling, seed, promptTokens: [1, 2], grammar: null })
    for (const token of whole.slice(0, 11)) resumed.accept(token)
    expect(resumed.sample(patternless(1))).toBe(whole[11])
  })

  test('says how many logits it needs', () => {
    const needed = (settings: Partial<Sampling>) => {
      const sampling = { ...greedySampling, ...settings }
      return createTokenSampler({ sampling, seed, promptTokens: [], grammar: null }).logitsNeeded
    }
    expect(needed({})).toBe(1)
    expect(needed({ temperature: 1, topK: 40, topP: 0.9, minP: 0.1 })).toBe(40)
    expect(needed({ temperature: 1 })).toBe(null)
    expect(needed({ temperature: 1, topK: 40, presencePenalty: 0.1 })).toBe(null)
    expect(needed({ temperature: 1, topK: 40, repetitionPenalty: 1.1 })).toBe(null)
    expect(needed({ logitBias: [{ token: 1, bias: 1 }] })).toBe(null)
  })
})

describe('checkSampling', () => {
  test.each([
    [{ temperature: Number.NaN }, /^temperature: /],
    [{ temperature: -1 }, /^temperature: /],
    [{ topP: 0 }, /^topP: /],
    [{ repetitionPenalty: 1e9 }, /^repetitionPenalty: /],
    [{ logitBias: [{ token: 3, bias: Infinity }] }, /^logitBias.0.bias: /],
    [{ logitBias: [{ token: 4096, bias: 1 }] }, /no token 4096/],
  ])('%o is refused by name', (settings, fact) => {
    expect(() => checkSampling({ ...greedySampling, ...settings }, 4096)).toThrow(
      expect.objectContaining({
        code: 'engine/bad-sampling',
        facts: [expect.stringMatching(fact)],
      }),
    )
  })
})

type Situation = { sampling: Sampling; promptTokens: number[]; answer: number[] }

/** The rule by its definition, over all tokens: every list sorted, every count counted. */
function plainly(raw: Float32Array, { sampling, promptTokens, answer }: Situation): number {
  const seen = [...promptTokens, ...answer]
  const z = [...raw].map((logit, token) => {
    let value = logit
    const bias = sampling.logitBias.find((entry) => entry.token === token)
    if (bias) value += bias.bias
    if (seen.includes(token)) {
      value = value > 0 ? value / sampling.repetitionPenalty : value * sampling.repetitionPenalty
    }
    const count = answer.filter((other) => other === token).length
    if (count > 0) value = value - count * sampling.frequencyPenalty - sampling.presencePenalty
    return Math.fround(value)
  })
  const at = (token: number) => z[token] as number
  const order = z.map((_, token) => token).sort((a, b) => at(b) - at(a) || a - b)
  const [first = 0] = order
  if (sampling.temperature === 0) return first
  const top = order.slice(0, sampling.topK || order.length)
  const weight = (token: number) => exponential((at(token) - at(first)) / sampling.temperature)
  const total = top.toSorted((a, b) => a - b).reduce((sum, token) => sum + weight(token), 0)
  let sum = 0
  const kept = top.filter((token, index) => {
    const isWanted = sampling.topP === 1 || index === 0 || sum < sampling.topP * total
    sum += weight(token)
    const least = at(first) + sampling.temperature * naturalLog(sampling.minP)
    return isWanted && (sampling.minP === 0 || at(token) >= least)
  })
  const key = noiseKey(seed)
  const score = (token: number) =>
    at(token) / sampling.temperature + gumbelNoise(key, answer.length, token)
  return kept.sort((a, b) => score(b) - score(a) || a - b)[0] as number
}
