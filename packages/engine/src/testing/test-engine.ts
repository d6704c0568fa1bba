/**
 * What every Engine does, whichever thread or tab it works in. Bobbin is the model.
 * @module
 */
import { type EngineInfo, greedySampling, type Message } from '@weft/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Engine, GenerateInit, GeneratePart, LoadInit, LoadStage } from '../engine.ts'
import { collect, referenceRuns, story } from './reference-runs.ts'

export type TestEngineInit = {
  /** A fresh engine, nothing loaded; the suite closes it. */
  openEngine: () => Engine | Promise<Engine>
  /** Loads Bobbin on the backend under test. */
  loadInit: () => LoadInit | Promise<LoadInit>
  /** Tokens of `referenceRuns`. */
  reference: number[][]
  /** As its `LoadResult` names it. */
  backend: EngineInfo['backend']
  device?: string
  /**
   * A token takes a third of a second: fewer answers, each resumed at one position, and nothing of what no backend
   * changes.
   */
  isSlow?: boolean
  timeoutMs?: number
  /** Whether the model is loaded elsewhere before, so that no stage is to be seen. */
  joins?: boolean
}

const code = (value: string) => expect.objectContaining({ code: value })
const sum: Message[] = [{ role: 'user', content: 'What is 47 + 38?' }]
const tooLong: Message[] = [{ role: 'user', content: '7'.repeat(600) }]
/** Any token, half characters among them. */
const wild: GenerateInit = {
  ...story,
  maxTokens: 24,
  sampling: { ...greedySampling, temperature: 2 },
  seed: new Uint8Array(32).fill(9),
}

export function testEngine(name: string, init: TestEngineInit): void {
  const { openEngine, loadInit, backend, device, isSlow = false, timeoutMs = 60_000, joins } = init
  const testIfQuick = test.skipIf(isSlow)
  // A short prompt greedily, and one of several chunks sampled.
  const isRun = (_: unknown, index: number) => !isSlow || index === 0 || index === 5
  const runs = referenceRuns.filter(isRun)
  const reference = init.reference.filter(isRun)
  const short: GenerateInit = { ...story, maxTokens: 12 }

  describe(`${name} is an Engine`, { timeout: timeoutMs }, () => {
    let engine: Engine
    beforeAll(async () => {
      engine = await openEngine()
    }, timeoutMs)
    afterAll(() => engine.close(), timeoutMs)

    const untilIdle = () =>
      expect
        .poll(async () => (await engine.memory()).runningJobs, { timeout: timeoutMs, interval: 20 })
        .toBe(0)

    test('without a model every question is refused', async () => {
      const refused = code('engine/not-loaded')
      const options = { topK: 1, hiddenStates: false }
      await expect(engine.measurePrompt(story)).rejects.toThrow(refused)
      await expect(collect(engine.generate(story))).rejects.toThrow(refused)
      await expect(engine.score([], options)).rejects.toThrow(refused)
      await expect(engine.measure()).rejects.toThrow(refused)
      await expect(engine.memory()).rejects.toThrow(refused)
    })

    test('a load goes through its stages, passes the self-test and says what it can do', async () => {
      const stages: LoadStage[] = []
      const result = await engine.load(await loadInit(), { onStage: (stage) => stages.push(stage) })
      expect(stages).toEqual(joins ? [] : ['runtime', 'graph', 'warm-up', 'self-test'])
      expect(result.selfTest).toMatchObject({
        passed: true,
        matchingTokens: 16,
        expectedTokens: 16,
      })
      expect(result.selfTest.maxLogitDifference).toBeLessThan(1e-4)
      expect(result.engine.backend).toBe(backend)
      if (device) expect(result.engine.device).toBe(device)
      expect(result.capabilities.contextTokens).toBe(512)
      expect(result.capabilities.batchSize).toBeGreaterThanOrEqual(1)
    })

    test('answers token by token as every other', async () => {
      for (const [index, run] of runs.entries()) {
        expect((await collect(engine.generate(run))).tokens).toEqual(reference[index])
      }
    })

    testIfQuick('parts come in order, and their numbers agree', async () => {
      const parts = await read(engine.generate(short))
      const deltas = parts.filter((part) => part.type === 'delta')
      const tokens = deltas.flatMap((delta) => delta.tokens)
      expect(parts.map(({ type }) => type)).toEqual([
        'prefill-end',
        ...deltas.map(() => 'delta'),
        'end',
      ])
      expect(parts[0]).toMatchObject({
        ...(await engine.measurePrompt(story)),
        droppedMessages: 0,
      })
      expect(parts.at(-1)).toMatchObject({ finishReason: 'length', outputTokens: tokens.length })
      let index = 0
      for (const delta of deltas) {
        expect(delta.index).toBe(index)
        index += delta.tokens.length
      }
    })

    test.each([
      { kind: 'greedy', run: short },
      { kind: 'sampled', run: wild },
    ])('a $kind answer goes on from every position as if it had never stopped', async ({ run }) => {
      await expectResumes(engine, run, isSlow)
    })

    testIfQuick('so does one that ends by itself', async () => {
      const run: GenerateInit = { ...story, messages: sum, maxTokens: 40 }
      expect(await expectResumes(engine, run, isSlow)).toBeLessThan(40)
    })

    testIfQuick('so does one that is cut off inside a character', async () => {
      const run: GenerateInit = { ...wild, maxTokens: 3, seed: new Uint8Array(32).fill(98) }
      expect((await collect(engine.generate(run))).text).toMatch(/\u{fffd}$/u)
      await expectResumes(engine, run)
    })

    test('several at once equal one at a time', async () => {
      const answers = await Promise.all(
        runs.map(async (run) => (await collect(engine.generate(run))).tokens),
      )
      expect(answers).toEqual(reference)
      await untilIdle()
    })

    test('a cancel ends the answer within one step', async () => {
      const controller = new AbortController()
      const parts: GeneratePart[] = []
      for await (const part of engine.generate(story, { signal: controller.signal })) {
        parts.push(part)
        if (parts.length === 4) controller.abort()
      }
      const last = { type: 'end', finishReason: 'cancelled', outputTokens: 3 }
      expect(parts).toHaveLength(5)
      expect(parts.at(-1)).toMatchObject(last)
      await untilIdle()
    })

    testIfQuick('a reader who stops reading keeps nobody else waiting', async () => {
      const slow = engine.generate(short)[Symbol.asyncIterator]()
      const first = await slow.next()
      const answers = await Promise.all(
        runs.slice(0, 3).map(async (run) => (await collect(engine.generate(run))).tokens),
      )
      expect(answers).toEqual(reference.slice(0, 3))
      const rest = await read({ [Symbol.asyncIterator]: () => slow })
      const whole = await read(engine.generate(short))
      expect(tokensOf([first.value, ...rest])).toEqual(tokensOf(whole))
    })

    test('who leaves an answer frees it', async () => {
      for await (const part of engine.generate(story)) if (part.type === 'delta') break
      await untilIdle()
      const { prefixBytes, maxPrefixBytes } = await engine.memory()
      expect(prefixBytes).toBeLessThanOrEqual(maxPrefixBytes)
    })

    test('a score agrees with the answer', async () => {
      const { tokens } = await collect(engine.generate(short))
      const item = { ...short, answer: tokens, claim: null }
      const options = { topK: 4, hiddenStates: false }
      const [whole, begin] = await engine.score(
        [item, { ...item, answer: tokens.slice(0, 3) }],
        options,
      )
      const best = Array.from(whole?.topTokens ?? []).filter((_, index) => index % 4 === 0)
      expect(best).toEqual(tokens)
      expect(whole?.answerLogits).toEqual(whole?.topLogits.filter((_, index) => index % 4 === 0))
      expect(begin?.topTokens).toEqual(whole?.topTokens.slice(0, 12))
      expect(whole?.hiddenStates).toBeNull()
      await untilIdle()
    })

    testIfQuick(
      'shows by which states a window of tokens was chosen, as a score does',
      async () => {
        const warm = { ...story, sampling: { ...greedySampling, temperature: 0.5 } }
        const asked = [story, warm].map((run) => ({ ...run, maxTokens: 66, hiddenStates: true }))
        const wholes = await Promise.all(asked.map((run) => read(engine.generate(run))))
        for (const [index, run] of asked.entries()) {
          const answer = tokensOf(wholes[index] ?? [])
          const options = { topK: 0, hiddenStates: true }
          const [scored] = await engine.score([{ ...run, answer, claim: null }], options)
          // Who goes on in the middle of a window knows the whole window.
          const rest = await read(engine.generate({ ...run, answered: answer.slice(0, 20) }))
          for (const parts of [wholes[index] ?? [], rest]) {
            const states = statesOf(parts)
            expect(states).toHaveLength(64 * 192)
            const isFar = (state: number, at: number) =>
              !(Math.abs(state - (scored?.hiddenStates?.[at] ?? Number.NaN)) < 1e-3)
            expect(states.filter(isFar)).toEqual([])
          }
        }
      },
    )

    testIfQuick('measures its speed', async () => {
      const { prefillTokensPerSecond, decodeTokensPerSecond } = await engine.measure()
      expect(prefillTokensPerSecond).toBeGreaterThan(0)
      expect(decodeTokensPerSecond).toBeGreaterThan(0)
    })

    test('refuses what it cannot do, and goes on', async () => {
      const refused = code('engine/prompt-too-long')
      await expect(engine.measurePrompt({ ...story, messages: tooLong })).rejects.toThrow(refused)
      await expect(collect(engine.generate({ ...story, messages: tooLong }))).rejects.toThrow(
        refused,
      )
      const embedding = { texts: ['a'], pooling: null, normalize: true }
      await expect(engine.embed(embedding)).rejects.toThrow(code('engine/unsupported'))
      const [first] = referenceRuns
      expect(first && (await collect(engine.generate(first))).tokens).toEqual(reference[0])
    })

    test('closes, and loads again', async () => {
      const parts = engine.generate(story)[Symbol.asyncIterator]()
      await parts.next()
      await engine.close()
      await expect(read({ [Symbol.asyncIterator]: () => parts })).rejects.toThrow(
        code('engine/not-loaded'),
      )
      await expect(engine.measure()).rejects.toThrow(code('engine/not-loaded'))
      await engine.load(await loadInit())
      const [first] = referenceRuns
      expect(first && (await collect(engine.generate(first))).tokens).toEqual(reference[0])
    })
  })
}

/** From every position, or one in the middle. @returns the length of the answer in tokens */
async function expectResumes(engine: Engine, run: GenerateInit, isSlow = false): Promise<number> {
  const whole = await read(engine.generate(run))
  const tokens = tokensOf(whole)
  const positions = isSlow ? [tokens.length >> 1] : [0, ...tokens.map((_, index) => index + 1)]
  for (const length of positions) {
    const parts = await read(engine.generate({ ...run, answered: tokens.slice(0, length) }))
    expect(tokensOf(parts)).toEqual(tokens.slice(length))
    expect(textOf(beginOf(whole, length)) + textOf(parts)).toBe(textOf(whole))
    expect({ ...parts.at(-1), decodeMs: 0 }).toEqual({ ...whole.at(-1), decodeMs: 0 })
    const first = parts.find((part) => part.type === 'delta')
    if (first) expect(first.index).toBe(length)
  }
  return tokens.length
}

function tokensOf(parts: GeneratePart[]): number[] {
  return parts.flatMap((part) => (part.type === 'delta' ? part.tokens : []))
}

function textOf(parts: GeneratePart[]): string {
  return parts.map((part) => (part.type === 'delta' ? part.text : '')).join('')
}

function statesOf(parts: GeneratePart[]): number[] {
  return parts.flatMap((part) => (part.type === 'delta' ? [...(part.hiddenStates ?? [])] : []))
}

/** Deltas of the first `length` tokens: what whoever has these tokens has read. */
function beginOf(parts: GeneratePart[], length: number): GeneratePart[] {
  return parts.filter(
    (part) =>
      part.type === 'delta' && part.tokens.length > 0 && part.index + part.tokens.length <= length,
  )
}

async function read(parts: AsyncIterable<GeneratePart>): Promise<GeneratePart[]> {
  const all: GeneratePart[] = []
  for await (const part of parts) all.push(part)
  return all
}
