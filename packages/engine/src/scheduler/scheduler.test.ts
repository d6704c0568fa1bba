import { WeftError } from '@weft/protocol'
import { afterEach, describe, expect, test } from 'vitest'
import type { Decoder } from '../decoder/decoder.ts'
import { openDecoder } from '../decoder/open-decoder.ts'
import { argmax } from '../sampler/sample-token.ts'
import { runGreedily } from '../testing/greedy-sequence.ts'
import { readBobbin } from '../testing/node-model.ts'
import { openNodeWasm } from '../testing/node-wasm.ts'
import { createScheduler, type Scheduler, type StepTiming } from './scheduler.ts'
import type { Sequence } from './sequence.ts'

const { manifest, files } = readBobbin()
const story = manifest.knownAnswer.promptTokens
const runtime = await openNodeWasm()

let decoder: Decoder | undefined
let scheduler: Scheduler | undefined
afterEach(async () => {
  await scheduler?.close(new WeftError('test/closed', 'Closed.'))
  await decoder?.release()
})

async function open(init: Partial<Parameters<typeof createScheduler>[0]> = {}) {
  decoder = await openDecoder({
    runtime,
    graph: files.get(manifest.graph) ?? new Uint8Array(),
    externalData: [],
    contextTokens: manifest.contextTokens,
  })
  const steps: StepTiming[] = []
  scheduler = createScheduler({
    decoder,
    batchSize: 4,
    chunkTokens: 64,
    maxOutputs: 64,
    maxPrefixBytes: 1e6,
    maxAheadMs: 0,
    onStep: (timing) => steps.push(timing),
    ...init,
  })
  return { decoder, scheduler, steps }
}

describe('sequences that run together', () => {
  test('say what each says alone, whenever they join and leave', { timeout: 30_000 }, async () => {
    const { scheduler, steps } = await open()
    const jobs = Array.from({ length: 10 }, (_, index) => ({
      prompt: story.slice(index, 20 + 3 * index),
      count: 5 + 4 * index,
    }))
    const alone: number[][] = []
    for (const { prompt, count } of jobs) {
      alone.push((await runGreedily(scheduler, prompt, { count, keepsPrefix: false })).tokens)
    }
    expect(steps.every(({ rows }) => rows === 1)).toBe(true)
    const together = await Promise.all(
      jobs.map(({ prompt, count }) => runGreedily(scheduler, prompt, { count })),
    )
    expect(together.map(({ tokens }) => tokens)).toEqual(alone)
    expect(Math.max(...steps.map(({ rows }) => rows))).toBe(4)
  })

  test('are not stopped by a long prompt for longer than a chunk', async () => {
    const { scheduler, steps } = await open()
    const answer = runGreedily(scheduler, story, { count: 60 })
    const long = new Array<number>(400).fill(story[1] ?? 0)
    await Promise.all([answer, runGreedily(scheduler, long, { count: 2 })])
    const kinds = steps.map(({ type }) => type).join(' ')
    expect(kinds).toContain('prefill decode prefill decode prefill decode')
    expect(kinds).not.toContain('prefill prefill prefill')
    expect(Math.max(...steps.map(({ tokens }) => tokens))).toBe(64)
  })

  test('whose reader is behind pause, and keep their place', async () => {
    const { scheduler, steps } = await open()
    const alone = await runGreedily(scheduler, story, { count: 30 })
    let isWanted = true
    const slow = runGreedily(scheduler, story, {
      count: 30,
      isWanted: () => {
        if (steps.length === 40) isWanted = false
        return isWanted
      },
    })
    const others = [1, 2].map((start) => runGreedily(scheduler, story.slice(start), { count: 60 }))
    await Promise.all(others)
    isWanted = true
    scheduler.wake()
    expect((await slow).tokens).toEqual(alone.tokens)
  })

  test('end alone when their owner fails or loses interest', async () => {
    const { scheduler } = await open()
    const controller = new AbortController()
    const alone = await runGreedily(scheduler, story, { count: 20 })
    const kept = runGreedily(scheduler, story, { count: 20 })
    runGreedily(scheduler, story, { count: 200, signal: controller.signal })
    setTimeout(() => {
      controller.abort()
      scheduler.wake()
    }, 5)
    expect((await kept).tokens).toEqual(alone.tokens)
    await expect.poll(() => scheduler.memory()).toMatchObject({ runningJobs: 0, kvBytes: 0 })
  })
})

describe('what was read before', () => {
  test('is not read again: the next turn of a chat, and one that branches off', async () => {
    const { scheduler, steps } = await open()
    const { tokens } = await runGreedily(scheduler, story, { count: 20 })
    const nextTurn = [...story, ...tokens, 7, 8, 9]
    const branch = [...story.slice(0, 30), 5, 5, 5]
    const cold = await runGreedily(scheduler, nextTurn, { count: 10, keepsPrefix: false })
    steps.length = 0
    const warm = await runGreedily(scheduler, nextTurn, { count: 10 })
    expect(warm.tokens).toEqual(cold.tokens)
    // The last token of the answer was chosen and never read.
    expect(warm.cachedTokens).toBe(story.length + 19)
    expect(steps[0]).toMatchObject({ type: 'prefill', tokens: 4 })
    expect((await runGreedily(scheduler, branch, { count: 5 })).cachedTokens).toBe(30)
  })

  test('is shared by sequences that come together', async () => {
    const { scheduler, steps } = await open({ chunkTokens: 16 })
    const system = story.slice(0, 48)
    const questions = [1, 2, 3].map((last) => [...system, last, last])
    await Promise.all(questions.map((prompt) => runGreedily(scheduler, prompt, { count: 2 })))
    const read = steps.filter(({ type }) => type === 'prefill')
    const tokens = read.reduce((sum, step) => sum + step.tokens, 0)
    expect(tokens).toBeLessThan(2 * system.length)
  })

  test('is forgotten within its bound, the least recently used first', async () => {
    const { scheduler, decoder } = await open({ maxPrefixBytes: 100 * 3072 })
    expect(decoder.layout.bytesPerToken).toBe(3072)
    const prompts = [0, 1, 2].map((start) => story.slice(start, start + 40))
    for (const prompt of prompts) await runGreedily(scheduler, prompt, { count: 2 })
    const { prefixBytes, maxPrefixBytes } = scheduler.memory()
    expect(prefixBytes).toBeGreaterThan(40 * 3072)
    expect(prefixBytes).toBeLessThanOrEqual(maxPrefixBytes)
    const cached = async (index: number) =>
      (await runGreedily(scheduler, prompts[index] ?? [], { count: 2 })).cachedTokens
    expect(await cached(2)).toBe(39)
    expect(await cached(0)).toBe(0)
  })

  test('is kept as far as it fits the bound', async () => {
    const { scheduler } = await open({ maxPrefixBytes: 30 * 3072 + 100 })
    expect(story.length).toBeGreaterThan(31)
    const cold = await runGreedily(scheduler, story, { count: 8 })
    expect(scheduler.memory().prefixBytes).toBe(30 * 3072)
    const warm = await runGreedily(scheduler, story, { count: 8 })
    expect(warm).toMatchObject({ tokens: cold.tokens, cachedTokens: 30 })
  })
})

describe('outputs along a prompt', () => {
  test('come from chunks of no more of them than wanted, and are the same', async () => {
    const prompt = story.slice(0, 40)
    const read = async (maxOutputs: number) => {
      const { scheduler, steps } = await open({ maxOutputs })
      const outputs: { position: number; token: number }[] = []
      const take: Sequence['take'] = ({ position, logits }) => {
        outputs.push({ position, token: argmax(logits) })
        return null
      }
      await new Promise<void>((resolve, reject) => {
        const end: Sequence['end'] = (error) => (error ? reject(error) : resolve())
        runGreedily(scheduler, prompt, { count: 1, firstOutput: 10, take, end })
      })
      await scheduler.close(new WeftError('test/closed', 'Closed.'))
      return { outputs, chunks: steps.map(({ tokens }) => tokens) }
    }
    const whole = await read(64)
    expect(whole.chunks).toEqual([40])
    expect(whole.outputs.map(({ position }) => position)).toEqual(
      Array.from({ length: 30 }, (_, index) => 10 + index),
    )
    const parts = await read(8)
    expect(parts.chunks).toEqual([18, 8, 8, 6])
    expect(parts.outputs).toEqual(whole.outputs)
  })
})

test('a closed scheduler ends what runs and takes nothing more', async () => {
  const { scheduler } = await open()
  const reason = new WeftError('test/closed', 'Closed.')
  const running = runGreedily(scheduler, story, { count: 400 })
  await Promise.all([
    expect(running).rejects.toBe(reason),
    new Promise((resolve) => setTimeout(resolve, 5)).then(() => scheduler.close(reason)),
  ])
  await expect(runGreedily(scheduler, story, { count: 1 })).rejects.toBe(reason)
})
