/** Memory that turns out to be lacking only after it was asked for, as on a GPU. */
import { WeftError } from '@weft/protocol'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Executor } from '../executor/executor.ts'
import { createHeapExecutor } from '../executor/heap-executor.ts'
import { prepareGraph } from '../graph/prepare-graph.ts'
import { openSession } from '../model/open-session.ts'
import { createScheduler, type Scheduler } from '../scheduler/scheduler.ts'
import { buildModel, graphPath } from '../testing/build-model/build-model.ts'
import { defaultRecipe } from '../testing/build-model/recipe.ts'
import { runGreedily } from '../testing/greedy-sequence.ts'
import { openNodeWasm } from '../testing/node-wasm.ts'
import { createDecoder, type Decoder } from './decoder.ts'
import { readLayout } from './decoder-layout.ts'

const recipe = { ...defaultRecipe, attention: 'gqa' } as const
const prompt = Array.from({ length: 40 }, (_, index) => (index * 131 + 7) % 4096)

/** How many of the next looks find no memory. */
let failures = 0
let decoder: Decoder
let scheduler: Scheduler

/** A heap that says later what it could say at once. */
async function openExecutor() {
  const runtime = await openNodeWasm()
  const { graph, externalData, facts } = prepareGraph({
    graph: buildModel(recipe).get(graphPath(recipe)) as Uint8Array,
    externalData: [],
    target: 'cpu',
    maxFloatWeightBytes: 1e9,
  })
  const session = await openSession({ runtime, graph, externalData })
  const heap = await runtime.heap?.()
  if (!heap) throw new TypeError('There is no heap.')
  const executor: Executor = {
    ...createHeapExecutor({ session, runtime, heap }),
    async confirm() {
      if (failures === 0) return
      failures -= 1
      throw new WeftError('engine/out-of-memory', 'No memory.')
    },
  }
  return { executor, facts }
}

beforeEach(async () => {
  failures = 0
  const { executor, facts } = await openExecutor()
  decoder = createDecoder({ executor, layout: readLayout(executor, facts), contextTokens: 200 })
  scheduler = createScheduler({
    decoder,
    batchSize: 2,
    chunkTokens: 64,
    maxOutputs: 64,
    maxPrefixBytes: 1e6,
    maxAheadMs: 0,
  })
})
afterEach(async () => {
  await scheduler.close(new WeftError('test/closed', 'Closed.'))
  await decoder.release()
})

describe('a cache that finds no memory to grow', () => {
  test('is as it was, and can be tried again', async () => {
    const read = async (cache: ReturnType<Decoder['createCache']>, tokens: number[]) => {
      const { logits } = await decoder.forward(cache, {
        tokens: [tokens],
        positions: [tokens.length - 1],
      })
      return logits[0]?.[0]?.slice()
    }
    const undisturbed = decoder.createCache()
    const disturbed = decoder.createCache()
    await read(undisturbed, prompt)
    await read(disturbed, prompt)
    const expected = await read(undisturbed, prompt)
    failures = 1
    await expect(read(disturbed, prompt)).rejects.toThrow(
      expect.objectContaining({ code: 'engine/out-of-memory' }),
    )
    expect(disturbed.rows).toEqual([{ length: 40, head: 40 }])
    expect(await read(disturbed, prompt)).toEqual(expected)
  })

  test('costs an answer what was kept for others, and nothing else', async () => {
    const alone = await runGreedily(scheduler, prompt, { count: 60, keepsPrefix: false })
    await runGreedily(scheduler, prompt.toReversed(), { count: 2 })
    expect(scheduler.memory().prefixBytes).toBeGreaterThan(0)
    let taken = 0
    const running = runGreedily(scheduler, prompt, {
      count: 60,
      keepsPrefix: false,
      isWanted() {
        taken += 1
        if (taken === 2) failures = 1
        return true
      },
    })
    expect((await running).tokens).toEqual(alone.tokens)
    expect(failures).toBe(0)
    expect(scheduler.memory().prefixBytes).toBe(0)
  })

  test('keeps a running answer when another cannot join it', async () => {
    const alone = await runGreedily(scheduler, prompt, { count: 30, keepsPrefix: false })
    const first = runGreedily(scheduler, prompt, { count: 30, keepsPrefix: false })
    const second = runGreedily(scheduler, prompt.toReversed(), {
      count: 30,
      keepsPrefix: false,
      isWanted() {
        failures = 1
        return true
      },
    })
    await expect(second).rejects.toThrow(expect.objectContaining({ code: 'engine/out-of-memory' }))
    failures = 0
    expect((await first).tokens).toEqual(alone.tokens)
  })
})
