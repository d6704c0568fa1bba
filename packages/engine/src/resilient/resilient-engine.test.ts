import { WeftError } from '@weft/protocol'
import { afterEach, describe, expect, test } from 'vitest'
import type { Engine, GenerateInit, GeneratePart, LoadInit } from '../engine.ts'
import {
  type BreakableEngine,
  type BreakableInit,
  breakableEngine,
  tokenAt,
} from '../testing/breakable-engine.ts'
import { readBobbin } from '../testing/node-model.ts'
import { collect, story } from '../testing/reference-runs.ts'
import { createResilientEngine } from './resilient-engine.ts'

const { manifest } = readBobbin()
const code = (value: unknown) => expect.objectContaining({ code: value })
const job = (content: string, init: Partial<GenerateInit> = {}): GenerateInit => ({
  ...story,
  messages: [{ role: 'user', content }],
  maxTokens: 7,
  ...init,
})
const unbroken = (init: GenerateInit) =>
  Array.from({ length: init.maxTokens }, (_, index) => tokenAt(init, index))
const text = '0,1,2,3,4,5,6.'

let close: (() => Promise<void>) | undefined
afterEach(() => close?.())

async function open(init: BreakableInit = {}) {
  const engines: BreakableEngine[] = []
  const restarts: string[] = []
  let opened = 0
  const engine = createResilientEngine({
    createEngine: () => {
      const inner = breakableEngine(init)
      engines.push(inner)
      return inner
    },
    onRestart: ({ message }) => restarts.push(message),
  })
  close = () => engine.close()
  const loadInit = (): LoadInit => ({
    manifest,
    backend: 'wasm',
    openFiles: async () => {
      opened += 1
      return new Map()
    },
  })
  await engine.load(loadInit())
  const latest = (): BreakableEngine => {
    const last = engines.at(-1)
    if (!last) throw new Error('There is no engine.')
    return last
  }
  return { engine, engines, latest, restarts, loadInit, opened: () => opened }
}

describe('an answer whose engine fails', () => {
  test.each(['engine/crashed', 'engine/device-lost', 'engine/out-of-memory', 'engine/run-failed'])(
    'goes on after %s, at every part',
    async (failure) => {
      for (let at = 0; at < 10; at++) {
        const { engine, engines, latest, restarts, opened } = await open()
        const parts: GeneratePart[] = []
        for await (const part of engine.generate(job('abc'))) {
          if (parts.length === at) latest().break(failure)
          parts.push(part)
        }
        const deltas = parts.filter((part) => part.type === 'delta')
        expect(deltas.flatMap(({ tokens }) => tokens)).toEqual(unbroken(job('abc')))
        expect(deltas.map((delta) => delta.text).join('')).toBe(text)
        expect(deltas.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
        expect(parts.map(({ type }) => type)).toEqual([
          'prefill-end',
          ...deltas.map(() => 'delta'),
          'end',
        ])
        expect(parts.at(-1)).toMatchObject({ finishReason: 'stop', outputTokens: 7 })
        // Broken behind the end nothing was in flight.
        expect(engines).toHaveLength(at === 9 ? 1 : 2)
        expect(opened()).toBe(engines.length)
        expect(restarts).toHaveLength(engines.length - 1)
        await engine.close()
      }
    },
  )

  test('goes on from tokens that others made', async () => {
    const init = job('abc', { answered: [tokenAt(job('abc'), 0), tokenAt(job('abc'), 1)] })
    const { engine, latest } = await open({ onStep: ({ index }) => index === 4 && breakOnce() })
    let broke = false
    const breakOnce = () => {
      if (!broke) latest().break('engine/device-lost')
      broke = true
    }
    const { tokens, types } = await collect(engine.generate(init))
    expect(broke).toBe(true)
    expect(tokens).toEqual(unbroken(init).slice(2))
    expect(types.filter((type) => type === 'prefill-end')).toHaveLength(1)
  })

  test('takes all others and all questions along', async () => {
    let steps = 0
    const { engine, latest, restarts } = await open({
      onStep() {
        steps += 1
        if (steps === 5 || steps === 30) latest().break('engine/device-lost')
      },
    })
    const jobs = ['a', 'bb', 'ccc', 'dddd'].map((content) => job(content))
    const [scores, ...answers] = await Promise.all([
      engine.score([{ ...story, answer: [1, 2], claim: null }], {
        topK: 1,
        hiddenStates: false,
      }),
      ...jobs.map((init) => collect(engine.generate(init))),
    ])
    expect(scores[0]?.topTokens).toEqual(Uint32Array.of(1, 2))
    expect(answers.map(({ tokens }) => tokens)).toEqual(jobs.map(unbroken))
    expect(answers.map((answer) => answer.text)).toEqual(jobs.map(() => text))
    expect(restarts).toEqual(
      Array(2).fill(
        'The graphics device was lost; the model is being loaded again. Answers go on.',
      ),
    )
    expect(await engine.memory()).toMatchObject({ runningJobs: 0 })
  })
})

describe('while it restarts', () => {
  async function hang() {
    const { promise: held, resolve: go } = Promise.withResolvers<void>()
    const opening = Promise.withResolvers<void>()
    let loads = 0
    const opened = await open({
      async onLoad() {
        loads += 1
        if (loads !== 2) return
        opening.resolve()
        await held
      },
    })
    const controller = new AbortController()
    const answer = (async () => {
      const parts: GeneratePart[] = []
      for await (const part of opened.engine.generate(job('a'), { signal: controller.signal })) {
        if (part.type === 'delta' && part.index === 3) opened.latest().break('engine/crashed')
        parts.push(part)
      }
      return parts
    })()
    await opening.promise
    return { ...opened, answer, controller, go }
  }

  test('new calls wait', async () => {
    const { engine, answer, go } = await hang()
    const later = Promise.all([engine.measurePrompt(story), collect(engine.generate(job('bb')))])
    go()
    expect((await later)[1].tokens).toEqual(unbroken(job('bb')))
    expect((await answer).at(-1)).toMatchObject({ finishReason: 'stop', outputTokens: 7 })
  })

  test('a cancel is answered at once', async () => {
    const { answer, controller } = await hang()
    controller.abort()
    expect((await answer).at(-1)).toMatchObject({ finishReason: 'cancelled', outputTokens: 4 })
  })

  test('another load ends what waits, and works', async () => {
    const { engine, loadInit, answer, go } = await hang()
    const failed = expect(answer).rejects.toThrow(code('engine/not-loaded'))
    await engine.load(loadInit())
    go()
    await failed
    expect((await collect(engine.generate(job('bb')))).tokens).toEqual(unbroken(job('bb')))
  })

  test('close ends what waits', async () => {
    const { engine, answer, go } = await hang()
    const failed = expect(answer).rejects.toThrow(code('engine/not-loaded'))
    await engine.close()
    go()
    await failed
    await expect(engine.measure()).rejects.toThrow(code('engine/not-loaded'))
  })
})

describe('bounds', () => {
  test('work that always fails at its place fails alone', async () => {
    const { engine, engines } = await open({
      onStep({ content, index }) {
        if (content === 'bad' && index === 2) throw new WeftError('engine/run-failed', 'Poison.')
      },
    })
    const jobs = ['a', 'bb', 'cccc'].map((content) => job(content, { maxTokens: 12 }))
    const [bad, ...good] = await Promise.allSettled([
      collect(engine.generate(job('bad'))),
      ...jobs.map((init) => collect(engine.generate(init))),
    ])
    expect(bad).toMatchObject({ status: 'rejected', reason: code('engine/run-failed') })
    expect(good.map((result) => result.status === 'fulfilled' && result.value.tokens)).toEqual(
      jobs.map(unbroken),
    )
    expect(engines.length).toBe(3)
    expect((await collect(engine.generate(job('later')))).tokens).toEqual(unbroken(job('later')))
  })

  test('the fourth failure in five minutes goes to all, until the next load', async () => {
    const { engine, engines, latest, loadInit } = await open()
    const answers = ['a', 'bb'].map((content) =>
      collect(engine.generate(job(content, { maxTokens: 99_999 }))),
    )
    const failed = Promise.all(
      answers.map((answer) =>
        expect(answer).rejects.toThrow(/^The engine stopped 4 times within 5 minutes and is not/),
      ),
    )
    for (let times = 0; times < 4; times++) {
      const now = latest()
      while (now.running() < 2) await new Promise((resolve) => setTimeout(resolve, 1))
      await new Promise((resolve) => setTimeout(resolve, 20))
      now.break('engine/device-lost')
      while (times < 3 && latest() === now) await new Promise((resolve) => setTimeout(resolve, 1))
    }
    await failed
    expect(engines).toHaveLength(4)
    await expect(engine.measure()).rejects.toThrow(code('engine/device-lost'))
    await engine.load(loadInit())
    expect((await collect(engine.generate(job('c')))).tokens).toEqual(unbroken(job('c')))
  })

  test('an error that is the request’s own is not retried', async () => {
    const { engine, engines } = await open()
    const refuse: Engine['score'] = async () => {
      throw new WeftError('engine/prompt-too-long', 'Too long.')
    }
    Object.assign(engines[0] ?? {}, { score: refuse })
    const options = { topK: 1, hiddenStates: false }
    await expect(engine.score([], options)).rejects.toThrow(code('engine/prompt-too-long'))
    expect(engines).toHaveLength(1)
  })

  test('a reload that cannot work tells why', async () => {
    let loads = 0
    const { engine, latest } = await open({
      onLoad() {
        loads += 1
        if (loads > 1) throw new WeftError('engine/bad-graph', 'The file is damaged.')
      },
    })
    latest().break('engine/crashed')
    await expect(engine.measure()).rejects.toThrow(code('engine/bad-graph'))
  })
})
