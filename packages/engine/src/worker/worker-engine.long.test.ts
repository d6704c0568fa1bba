import { WeftError } from '@weft/protocol'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import type { Engine, GeneratePart, ModelFiles } from '../engine.ts'
import type { PartLink } from '../layers/part-link.ts'
import { createLocalEngine } from '../local-engine.ts'
import { endlessEngine } from '../testing/endless-engine.ts'
import { bobbinInit, nodeCpu, readBobbin } from '../testing/node-model.ts'
import { collect, referenceRuns, runReference, story } from '../testing/reference-runs.ts'
import { watchRuns } from '../testing/watch-runs.ts'
import { hostEngine } from './host-engine.ts'
import { readAhead } from './messages.ts'
import type { WorkerLike } from './port-calls.ts'
import { createWorkerEngine } from './worker-engine.ts'

const code = (value: string) => expect.objectContaining({ code: value })
const nextTurn = () => new Promise((resolve) => setTimeout(resolve, 0))

const engines: Engine[] = []
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.close()
})

/** A worker's two sides in this thread: what crosses is cloned, as a real worker does. */
function startThread(engine: Engine): WorkerLike {
  const worker: WorkerLike = {
    postMessage(message, transfer) {
      const data = structuredClone(message, { transfer })
      queueMicrotask(() => host.receive(data))
    },
    terminate: () => {
      worker.onmessage = null
    },
    onmessage: null,
    onerror: null,
    onmessageerror: null,
  }
  const host = hostEngine({
    createEngine: () => engine,
    port: {
      postMessage(message, transfer) {
        const data = structuredClone(message, { transfer })
        queueMicrotask(() => worker.onmessage?.({ data } as MessageEvent))
      },
    },
  })
  return worker
}

async function loadThread(
  inner: Engine = createLocalEngine({ openRuntime: async () => nodeCpu }),
): Promise<{ engine: Engine; workers: WorkerLike[] }> {
  const workers: WorkerLike[] = []
  const engine = createWorkerEngine({
    startWorker() {
      const worker = startThread(inner)
      workers.push(worker)
      return worker
    },
  })
  engines.push(engine)
  await engine.load(bobbinInit())
  return { engine, workers }
}

describe('the engine across a worker', () => {
  test('answers as without one', { timeout: 30_000 }, async () => {
    const { engine } = await loadThread()
    const local = createLocalEngine({ openRuntime: async () => nodeCpu })
    await local.load(bobbinInit())
    expect(await runReference(engine)).toEqual(await runReference(local))
    expect(await engine.measurePrompt(story)).toEqual(await local.measurePrompt(story))
    const together = await Promise.all(
      referenceRuns.map(async (init) => (await collect(engine.generate(init))).tokens),
    )
    expect(together).toEqual(await runReference(local))
    expect((await engine.measure()).decodeTokensPerSecond).toBeGreaterThan(0)
  })

  test('stages arrive', async () => {
    const stages: string[] = []
    const { engine } = await loadThread()
    const onStage = (stage: string) => stages.push(stage)
    expect((await engine.load(bobbinInit(), { onStage })).selfTest.passed).toBe(true)
    expect(stages).toEqual(['runtime', 'graph', 'warm-up', 'self-test'])
  })

  test('a load takes the files over, two parts of one buffer as well', async () => {
    const { engine } = await loadThread()
    const { manifest, files } = readBobbin()
    const { buffer } = Uint8Array.from([...files.values()].flatMap((bytes) => [...bytes]))
    let offset = 0
    const parts: ModelFiles = new Map(
      [...files].map(([path, { length }]) => {
        offset += length
        return [path, new Uint8Array(buffer, offset - length, length)]
      }),
    )
    const result = await engine.load({ manifest, openFiles: async () => parts, backend: 'wasm' })
    expect(result.selfTest.passed).toBe(true)
    expect([...parts.values()].map(({ length }) => length)).toEqual([...parts].map(() => 0))
  })

  test('links to parts carry states, and are closed when the worker ends', async () => {
    const closed: number[] = []
    const doubled: Float32Array[] = []
    const link = (part: number): PartLink => ({
      step: async (_, states) => states.map((value) => value * 2),
      close: () => void closed.push(part),
    })
    const endless = endlessEngine()
    const inner: Engine = {
      ...endless,
      async load(init) {
        const links = await Promise.all([1, 2].map((part) => init.split?.connect(part, {})))
        const step = { changes: [], forward: null }
        doubled.push((await links[1]?.step(step, Float32Array.of(1, 3))) ?? new Float32Array())
        links[0]?.close()
        return endless.load(init)
      },
    }
    const engine = createWorkerEngine({ startWorker: () => startThread(inner) })
    engines.push(engine)
    const connect = async (part: number) => link(part)
    const split = { opening: '', closing: '', parts: 2, width: 2, connect }
    await engine.load({ ...bobbinInit(), split })
    expect(doubled).toEqual([Float32Array.of(2, 6)])
    await expect.poll(() => closed).toEqual([1])
    await engine.close()
    expect(closed).toEqual([1, 2])
  })

  test('errors keep their code and facts', async () => {
    const { engine } = await loadThread()
    const messages = [{ role: 'user', content: '7'.repeat(600) }] as const
    const refused = expect.objectContaining({
      code: 'engine/prompt-too-long',
      facts: expect.arrayContaining(['Limit: 511 tokens']),
    })
    await expect(engine.measurePrompt({ ...story, messages })).rejects.toThrow(refused)
    await expect(collect(engine.generate({ ...story, messages }))).rejects.toThrow(refused)
    await expect(engine.measurePrompt({ ...story, messages })).rejects.toSatisfy(WeftError.is)
  })

  test('before a load and after close there is no model', async () => {
    const engine = createWorkerEngine({ startWorker: () => startThread(endlessEngine()) })
    await expect(engine.measure()).rejects.toThrow(code('engine/not-loaded'))
    await engine.load(bobbinInit())
    const answer = collect(engine.generate(story))
    await nextTurn()
    await engine.close()
    await expect(answer).rejects.toThrow(code('engine/not-loaded'))
    await expect(collect(engine.generate(story))).rejects.toThrow(code('engine/not-loaded'))
  })
})

describe('flow', () => {
  const readOne = async (parts: AsyncIterator<GeneratePart>) => (await parts.next()).value

  test('a consumer that does not read stops the worker at the read-ahead', async () => {
    const inner = endlessEngine()
    const { engine } = await loadThread(inner)
    const parts = engine.generate(story)[Symbol.asyncIterator]()
    await readOne(parts)
    for (let turn = 0; turn < 60; turn++) await nextTurn()
    expect(inner.made()).toBe(readAhead + 1)
    for (let index = 1; index < 40; index++) expect(await readOne(parts)).toMatchObject({ index })
    await parts.return?.()
  })

  test('leaving the loop frees the answer in the worker', async () => {
    const inner = endlessEngine()
    const { engine } = await loadThread(inner)
    for await (const part of engine.generate(story)) if (part.type === 'delta') break
    for (let turn = 0; turn < 5; turn++) await nextTurn()
    expect(inner.isFreed()).toBe(true)
    expect(inner.made()).toBeLessThan(readAhead)
  })

  test.each([0, 5])('a cancel after %i deltas ends at once and frees', async (count) => {
    const inner = endlessEngine()
    const { engine } = await loadThread(inner)
    const controller = new AbortController()
    if (count === 0) controller.abort()
    const parts: GeneratePart[] = []
    for await (const part of engine.generate(story, { signal: controller.signal })) {
      parts.push(part)
      if (parts.length === count) controller.abort()
    }
    expect(parts).toHaveLength(count + 1)
    const end = { type: 'end', finishReason: 'cancelled', outputTokens: count }
    expect(parts.at(-1)).toMatchObject(end)
    for (let turn = 0; turn < 5; turn++) await nextTurn()
    expect(inner.isFreed()).toBe(true)
  })
})

describe('a cancel during the prefill', () => {
  const messages = [{ role: 'user', content: '7'.repeat(500) }] as const

  /** Answers `count` long prompts, cancels all during the first step, and counts steps until none runs. */
  async function cancelFirstStep(count: number): Promise<number> {
    const controller = new AbortController()
    let steps = Number.NEGATIVE_INFINITY
    const runtime = watchRuns(async () => {
      steps += 1
      if (steps !== 1) return
      controller.abort()
      await nextTurn()
    })
    const { engine } = await loadThread(createLocalEngine({ openRuntime: async () => runtime }))
    steps = 0
    const { signal } = controller
    const answers = Array.from({ length: count }, () =>
      collect(engine.generate({ ...story, messages }, { signal })),
    )
    for (const answer of answers) expect(await answer).toMatchObject({ types: ['end'] })
    while ((await engine.memory()).runningJobs > 0) await nextTurn()
    return steps
  }

  test('ends it in the worker after the step that runs', async () => {
    expect(await cancelFirstStep(1)).toBe(1)
  })

  test('takes the answers that wait for their turn with it', async () => {
    expect(await cancelFirstStep(3)).toBe(1)
  })
})

describe('the border', () => {
  /** Anything, and things that almost are messages. */
  const garbage = fc.oneof(
    fc.anything(),
    fc.record({
      type: fc.constantFrom(
        ...['load', 'measure-prompt', 'measure', 'memory', 'score', 'embed', 'generate'],
        ...['files', 'no-files', 'credit', 'stop', 'open-files', 'part', 'done', 'stage'],
      ),
      id: fc.oneof(fc.nat(3), fc.anything()),
      in: fc.anything(),
      out: fc.anything(),
    }),
  )

  test('the worker answers garbage with an error and lives on', async () => {
    const answers: { type: string }[] = []
    const host = hostEngine({
      createEngine: endlessEngine,
      port: { postMessage: (message) => answers.push(message) },
    })
    await fc.assert(
      fc.asyncProperty(garbage, async (data) => host.receive(data)),
      { numRuns: 1000, seed: 7 },
    )
    await nextTurn()
    expect(new Set(answers.map(({ type }) => type))).toEqual(new Set(['error']))
  })

  test('garbage from the worker counts as a crash, and a load starts afresh', async () => {
    await fc.assert(
      fc.asyncProperty(garbage, async (data) => {
        const { engine, workers } = await loadThread(endlessEngine())
        const measuring = engine.measure()
        workers[0]?.onmessage?.({ data } as MessageEvent)
        await measuring.catch((error) =>
          expect(error.code).toMatch(/^(engine\/crashed|protocol\/malformed)$/),
        )
        expect((await engine.load(bobbinInit())).selfTest.passed).toBe(true)
        expect(await engine.measurePrompt(story)).toMatchObject({ inputTokens: 1 })
        await engine.close()
      }),
      { numRuns: 50, seed: 8 },
    )
  })

  test('a worker that dies ends everything that waits', async () => {
    const { engine, workers } = await loadThread(endlessEngine())
    const answer = collect(engine.generate(story))
    await nextTurn()
    workers[0]?.onerror?.({ message: 'out of memory' } as ErrorEvent)
    await expect(answer).rejects.toThrow(code('engine/crashed'))
    await expect(engine.measure()).rejects.toThrow(code('engine/crashed'))
    expect((await engine.load(bobbinInit())).selfTest.passed).toBe(true)
  })
})
