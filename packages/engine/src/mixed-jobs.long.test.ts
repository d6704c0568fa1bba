/**
 * A hundred jobs of every kind, started in random order on one model, against one at a time.
 * @module
 */
import { greedySampling, type Message, type Sampling } from '@weft/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Engine, GenerateInit } from './engine.ts'
import { createLocalEngine } from './local-engine.ts'
import { gumbelNoise, noiseKey } from './sampler/gumbel-noise.ts'
import { philox4x32 } from './sampler/philox4x32-10.ts'
import { builtModelInit } from './testing/built-model.ts'
import { bobbinInit } from './testing/node-model.ts'
import { openNodeWasm } from './testing/node-wasm.ts'
import { collect } from './testing/reference-runs.ts'

const jobCount = 100
/** Of them, those also scored, and those also given up, meanwhile. */
const besideCount = 10
/**
 * Between what two honest runs may disagree about, in logits over temperature. Rows of a batch differ
 * from a row alone by about 1e-5 where sums are taken in another order.
 */
const honestMargin = 1e-3

const questions = [
  'Hello! Who are you?',
  'Write a story about a fox and a lantern.',
  'What is 47 + 38?',
  'What is Weft?',
  'Name three colours.',
]
const samplings: Sampling[] = [
  greedySampling,
  { ...greedySampling, temperature: 0.8, topK: 40, topP: 0.95 },
  { ...greedySampling, temperature: 1.3, minP: 0.05, repetitionPenalty: 1.2 },
  { ...greedySampling, temperature: 1, frequencyPenalty: 0.5, presencePenalty: 0.5 },
  { ...greedySampling, stop: ['the', '\n'] },
  { ...greedySampling, temperature: 0.7, grammar: { type: 'json' } },
  { ...greedySampling, grammar: { type: 'json-schema', schema: '{"enum":["yes","no",12]}' } },
  {
    ...greedySampling,
    temperature: 0.9,
    logitBias: [
      { token: 12, bias: -100 },
      { token: 300, bias: 4 },
    ],
  },
]

/** The same numbers in every run of the test. */
function random(index: number, below: number): number {
  return (philox4x32([index, 0, 0, 0], [7, 0])[0] ?? 0) % below
}

function jobs(): GenerateInit[] {
  return Array.from({ length: jobCount }, (_, index) => {
    const question = questions[random(index, questions.length)] ?? ''
    const earlier: Message[] = [
      { role: 'user', content: 'Write a story about a boat.' },
      {
        role: 'assistant',
        content: 'The boat went down the river. '.repeat(random(index + 200, 8)),
      },
    ]
    return {
      messages: [
        ...(random(index + 100, 2) === 0 ? earlier : []),
        { role: 'user', content: question },
      ],
      sampling: samplings[random(index + 300, samplings.length)] ?? greedySampling,
      seed: new Uint8Array(32).fill(index),
      maxTokens: 4 + random(index + 400, 28),
      tools: [],
      overflow: 'error',
      answered: [],
    }
  })
}

/** Job numbers in another order. */
function shuffled(): number[] {
  return Array.from({ length: jobCount }, (_, index) => index).sort(
    (a, b) => random(a + 500, 1e6) - random(b + 500, 1e6),
  )
}

describe.each([
  { name: 'Bobbin, growing cache', init: bobbinInit },
  {
    name: 'GroupQueryAttention, static cache',
    init: () => builtModelInit({ attention: 'gqa', dtype: 'q4' }),
  },
])('$name', { timeout: 120_000 }, ({ init }) => {
  let engine: Engine
  beforeAll(async () => {
    const runtime = await openNodeWasm()
    engine = createLocalEngine({ openRuntime: async () => runtime })
    const { capabilities } = await engine.load(await init())
    expect(capabilities.batchSize).toBe(8)
  })
  afterAll(() => engine.close())

  /** How far the choice of one token was from the choice of another. */
  async function marginBetween(
    job: GenerateInit,
    tokens: number[],
    other: number,
  ): Promise<number> {
    const { messages, tools, overflow, maxTokens, sampling, seed } = job
    const position = tokens.length - 1
    const answers = [tokens, tokens.with(-1, other)]
    const scores = await engine.score(
      answers.map((answer) => ({ messages, tools, overflow, maxTokens, answer, claim: null })),
      { topK: 1, hiddenStates: false },
    )
    const values = scores.map(({ answerLogits }, index) => {
      const logit = answerLogits[position] ?? Number.NaN
      if (sampling.temperature === 0) return logit
      const token = answers[index]?.[position] ?? 0
      const bias = sampling.logitBias.find((each) => each.token === token)?.bias ?? 0
      return (logit + bias) / sampling.temperature + gumbelNoise(noiseKey(seed), position, token)
    })
    return Math.abs((values[0] ?? 0) - (values[1] ?? 0))
  }

  const scoreOf = async (job: GenerateInit, answer: number[]) => {
    const options = { topK: 1, hiddenStates: false }
    const [score] = await engine.score([{ ...job, answer, claim: null }], options)
    return [...(score?.answerLogits ?? [])]
  }

  /** Reads three tokens and leaves. */
  const begin = async (job: GenerateInit): Promise<number[]> => {
    const controller = new AbortController()
    const tokens: number[] = []
    for await (const part of engine.generate(job, { signal: controller.signal })) {
      if (part.type === 'delta') tokens.push(...part.tokens)
      if (tokens.length === 3) controller.abort()
    }
    return tokens
  }

  test('a hundred mixed jobs in random order equal one at a time', async () => {
    const all = jobs()
    const alone: number[][] = []
    for (const job of all) alone.push((await collect(engine.generate(job))).tokens)
    const answers = alone.slice(0, besideCount)
    const scores: number[][] = []
    for (const [index, answer] of answers.entries()) {
      scores.push(await scoreOf(all[index] as GenerateInit, answer))
    }
    // Answers are scored, and others given up, while the hundred are made.
    const scored = Promise.all(
      answers.map((answer, at) => scoreOf(all[at] as GenerateInit, answer)),
    )
    const begun = Promise.all(all.slice(-besideCount).map(begin))
    const together = new Array<number[]>(jobCount)
    await Promise.all(
      shuffled().map(async (index, place) => {
        await new Promise((resolve) => setTimeout(resolve, 5 * place))
        const job = all[index]
        if (job) together[index] = (await collect(engine.generate(job))).tokens
      }),
    )
    expect(await begun).toEqual(alone.slice(-besideCount).map((tokens) => tokens.slice(0, 3)))
    for (const [index, logits] of (await scored).entries()) {
      const differences = logits.map((logit, at) => Math.abs(logit - (scores[index]?.[at] ?? 0)))
      expect(Math.max(...differences)).toBeLessThan(honestMargin)
    }
    let different = 0
    for (const [index, job] of all.entries()) {
      const [one = [], other = []] = [alone[index], together[index]]
      const at = one.findIndex((token, position) => token !== other[position])
      if (at < 0 && one.length === other.length) continue
      different += 1
      const margin = await marginBetween(job, one.slice(0, at + 1), other[at] ?? 0)
      expect(margin, `job ${index} at ${at}`).toBeLessThan(honestMargin)
    }
    expect(different).toBeLessThanOrEqual(1)
    expect(alone.flat().length).toBeGreaterThan(1000)
    await expect.poll(engine.memory).toMatchObject({ runningJobs: 0, kvBytes: 0 })
  })
})
