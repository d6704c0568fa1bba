/** What goes wrong with one sequence, or with all, and whom it concerns. */
import { WeftError } from '@weft/protocol'
import { afterEach, expect, test } from 'vitest'
import type { Decoder } from '../decoder/decoder.ts'
import { joinRows } from '../decoder/kv-cache.ts'
import { openDecoder } from '../decoder/open-decoder.ts'
import { argmax } from '../sampler/sample-token.ts'
import { runGreedily } from '../testing/greedy-sequence.ts'
import { readBobbin } from '../testing/node-model.ts'
import { openNodeWasm } from '../testing/node-wasm.ts'
import { createScheduler, type Scheduler } from './scheduler.ts'

const { manifest, files } = readBobbin()
const story = manifest.knownAnswer.promptTokens
const runtime = await openNodeWasm()
const code = (value: string) => expect.objectContaining({ code: value })

let decoder: Decoder | undefined
let scheduler: Scheduler | undefined
afterEach(async () => {
  await scheduler?.close(new WeftError('test/closed', 'Closed.'))
  await decoder?.release()
})

async function open(): Promise<Scheduler> {
  decoder = await openDecoder({
    runtime,
    graph: files.get(manifest.graph) ?? new Uint8Array(),
    externalData: [],
    contextTokens: manifest.contextTokens,
  })
  scheduler = createScheduler({
    decoder,
    batchSize: 4,
    chunkTokens: 64,
    maxOutputs: 64,
    maxPrefixBytes: 1e7,
    maxAheadMs: 0,
  })
  return scheduler
}

test('a number that is none, met at the second token of a batch, ends that answer alone', async () => {
  const scheduler = await open()
  const prompts = [0, 1, 2].map((start) => story.slice(start))
  const alone: number[][] = []
  for (const prompt of prompts) {
    const { tokens } = await runGreedily(scheduler, prompt, { count: 12, keepsPrefix: false })
    alone.push(tokens)
  }
  let taken = 0
  const ended: unknown[] = []
  const together = prompts.map((prompt) => runGreedily(scheduler, prompt, { count: 12 }))
  runGreedily(scheduler, story.slice(3), {
    count: 12,
    take({ logits }) {
      taken += 1
      if (taken === 3) logits.fill(Number.NaN)
      return argmax(logits)
    },
    end: (error) => ended.push(error),
  })
  expect((await Promise.all(together)).map(({ tokens }) => tokens)).toEqual(alone)
  expect(ended).toEqual([code('engine/bad-logits')])
  expect(taken).toBe(3)
})

test('an answer that ends in the step in which another fails leaves what it read, and ends once', async () => {
  const scheduler = await open()
  const cold = await runGreedily(scheduler, story, { count: 10, keepsPrefix: false })
  let firstIsOver = false
  const ended: string[] = []
  const tokens: number[] = []
  const first = Promise.withResolvers<void>()
  runGreedily(scheduler, story, {
    count: 6,
    take({ logits }) {
      tokens.push(argmax(logits))
      firstIsOver = tokens.length === 6
      return firstIsOver ? null : (tokens.at(-1) ?? 0)
    },
    end(error) {
      ended.push(error?.code ?? 'well')
      first.resolve()
    },
  })
  const second = runGreedily(scheduler, story.slice(1), {
    count: 100,
    take({ logits }) {
      if (firstIsOver) throw new WeftError('test/failed', 'Failed.')
      return argmax(logits)
    },
  })
  await expect(second).rejects.toThrow(code('test/failed'))
  await first.promise
  const nextTurn = await runGreedily(scheduler, [...story, ...cold.tokens.slice(0, 5)], {
    count: 5,
  })
  expect(nextTurn.cachedTokens).toBeGreaterThan(story.length)
  expect(nextTurn.tokens).toEqual(cold.tokens.slice(5))
  expect(ended).toEqual(['well'])
})

test('a cache that was freed is not copied', async () => {
  await open()
  const inputs = decoder?.layout.past ?? []
  const cache = { tensors: [], slots: 0, joinedSlots: 0, rows: [] }
  const executor = { allocate: () => expect.fail(), copy: () => expect.fail() }
  const sources = [{ cache, row: 0, length: 20 }]
  expect(() => joinRows(executor, sources, { inputs, slots: 20 })).toThrow(
    code('engine/run-failed'),
  )
})

test('an error of nobody in particular ends everything, and nothing waits for ever', async () => {
  const scheduler = await open()
  const running = runGreedily(scheduler, story, { count: 400 })
  const broken = runGreedily(scheduler, story.slice(1), {
    count: 400,
    isWanted() {
      throw new TypeError('Not a function')
    },
  })
  const waiting = Array.from({ length: 40 }, () => runGreedily(scheduler, story, { count: 400 }))
  const endings = await Promise.allSettled([running, broken, ...waiting])
  expect(endings).toEqual(
    endings.map(() => ({ status: 'rejected', reason: code('engine/run-failed') })),
  )
  expect(scheduler.memory()).toMatchObject({ runningJobs: 0, kvBytes: 0, prefixBytes: 0 })
  await expect(runGreedily(scheduler, story, { count: 1 })).rejects.toThrow(
    code('engine/run-failed'),
  )
})
