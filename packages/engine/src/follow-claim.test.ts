/** Claims of real answers, honest ones and others. */
import { defaultSampling, greedySampling, type Sampling } from '@weft/protocol'
import { afterAll, describe, expect, test } from 'vitest'
import type { Choices, Engine, GenerateInit } from './engine.ts'
import { loadBobbin } from './testing/node-model.ts'
import { collect, story } from './testing/reference-runs.ts'

const model = loadBobbin()
afterAll(async () => (await model).close())

const seed = new Uint8Array(32).fill(9)
const options = { topK: 1, hiddenStates: false }

/** What the model says of `answer` as an answer to `job`. */
async function choicesOf(job: GenerateInit, answer: readonly number[], ended: boolean) {
  const engine: Engine = await model
  const claim = { sampling: job.sampling, seed: job.seed, ended }
  const [score] = await engine.score([{ ...job, answer, claim }], options)
  return score?.choices as Choices
}

async function answerTo(job: GenerateInit) {
  const { tokens, finishReason } = await collect((await model).generate(job))
  return { tokens, ended: finishReason === 'stop' }
}

const numbers = {
  type: 'json-schema',
  schema: '{"type":"array","items":{"type":"integer"},"minItems":2,"maxItems":3}',
} as const

const settings: [string, Partial<Sampling>][] = [
  ['greedy', {}],
  ['the defaults', defaultSampling],
  ['all of the vocabulary', { temperature: 1 }],
  ['an open top-p and min-p', { temperature: 0.9, topP: 0.9, minP: 0.02 }],
  [
    'penalties and a bias',
    {
      temperature: 0.8,
      topK: 50,
      repetitionPenalty: 1.2,
      frequencyPenalty: 0.3,
      presencePenalty: 0.2,
      logitBias: [{ token: 300, bias: 2 }],
    },
  ],
  ['a grammar', { temperature: 0.8, grammar: numbers }],
  ['a stop text', { ...defaultSampling, stop: ['fox'] }],
]

describe('a claim', () => {
  test.each(settings)('that is true has no margin anywhere: %s', async (_name, changed) => {
    const job = { ...story, sampling: { ...greedySampling, ...changed }, seed, maxTokens: 48 }
    const { tokens, ended } = await answerTo(job)
    expect(tokens.length).toBeGreaterThan(2)
    const { margins, chosen } = await choicesOf(job, tokens, ended)
    expect([...chosen].slice(0, tokens.length)).toEqual(tokens)
    // A prefill of many tokens and a decode of one round differently: two logits in a tie may swap.
    expect(Math.max(...margins)).toBeLessThan(1e-3)
  })

  test('to have ended is one choice more, and none behind a stop text', async () => {
    const job = { ...story, sampling: defaultSampling, seed, maxTokens: 256 }
    const { tokens, ended } = await answerTo(job)
    expect(ended).toBe(true)
    expect((await choicesOf(job, tokens, true)).margins.at(tokens.length)).toBe(0)
    expect((await choicesOf(job, tokens, false)).margins).toHaveLength(tokens.length)
    // Ended where the model would have gone on.
    const cut = await choicesOf(job, tokens.slice(0, 9), true)
    expect(cut.margins).toHaveLength(10)
    expect(cut.margins[9]).toBeGreaterThan(1)
    expect(cut.chosen[9]).toBe(tokens[9])
    // Said nothing at all.
    expect((await choicesOf(job, [], true)).margins[0]).toBeGreaterThan(1)

    const stopping = { ...job, sampling: { ...defaultSampling, stop: ['fox'] } }
    const stopped = await answerTo(stopping)
    expect(stopped.ended).toBe(true)
    const count = stopped.tokens.length
    expect((await choicesOf(stopping, stopped.tokens, true)).margins).toHaveLength(count)
    // The same without the stop text goes on behind it, which that claim does not allow.
    const { margins } = await choicesOf(stopping, tokens.slice(0, count + 2), false)
    expect([...margins].map(Number.isFinite)).toEqual([
      ...new Array<boolean>(count).fill(true),
      false,
      false,
    ])
  })

  test.each([
    ['another seed', { seed: new Uint8Array(32).fill(1) }],
    ['another temperature', { sampling: { ...defaultSampling, temperature: 1.1 } }],
    ['another question', { messages: [{ role: 'user', content: 'What is 4 + 4?' }] as const }],
  ])('that is false shows: %s', async (_name, changed) => {
    const job: GenerateInit = { ...story, sampling: defaultSampling, seed, maxTokens: 48 }
    const { tokens } = await answerTo({ ...job, ...changed })
    const { margins } = await choicesOf(job, tokens, false)
    expect([...margins].filter((margin) => margin > 0.1).length).toBeGreaterThan(2)
  })

  test('is over at a token that a grammar or an end forbids', async () => {
    const job = { ...story, sampling: { ...greedySampling, grammar: numbers }, maxTokens: 48 }
    const { tokens } = await answerTo(job)
    const { tokens: prose } = await answerTo({ ...job, sampling: greedySampling })
    const broken = [...tokens.slice(0, 2), ...prose.slice(0, 3)]
    const { margins } = await choicesOf(job, broken, false)
    expect([...margins].map(Number.isFinite)).toEqual([true, true, false, false, false])

    const [end = 0] = (await choicesOf(job, tokens, true)).chosen.slice(-1)
    const goesOn = await choicesOf(job, [...tokens, end, end], false)
    expect(goesOn.margins.indexOf(Number.POSITIVE_INFINITY)).toBe(tokens.length)
  })

  test('reads the prompt as the job would have had it read', async () => {
    const engine = await model
    const turns = Array.from({ length: 40 }, (_, index) => [
      { role: 'user' as const, content: `Question ${index} about a fox and a lantern.` },
      { role: 'assistant' as const, content: 'The fox carried the lantern over the hill.' },
    ]).flat()
    const messages = [...turns, { role: 'user' as const, content: 'And now?' }]
    const job = { ...story, messages, overflow: 'slide' as const, maxTokens: 100 }
    const { tokens } = await collect(engine.generate(job))
    const claim = { sampling: job.sampling, seed: job.seed, ended: false }
    const [score] = await engine.score([{ ...job, answer: tokens.slice(0, 3), claim }], options)
    expect(score?.inputTokens).toBe((await engine.measurePrompt(job)).inputTokens)
    expect(Math.max(...(score?.choices?.margins ?? []))).toBeLessThan(1e-3)
  })
})
