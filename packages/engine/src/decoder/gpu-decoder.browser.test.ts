import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { canBatch } from '../known-answer.ts'
import type { Runtime, RuntimeChoice } from '../runtime.ts'
import { argmax } from '../sampler/sample-token.ts'
import { createScheduler } from '../scheduler/scheduler.ts'
import { buildModel, graphPath } from '../testing/build-model/build-model.ts'
import { defaultRecipe, type Recipe } from '../testing/build-model/recipe.ts'
import { runGreedily } from '../testing/greedy-sequence.ts'
import { hideSubgroups } from '../testing/plain-gpu.ts'
import { openWebRuntime } from '../worker/web-runtime.ts'
import type { Decoder } from './decoder.ts'
import { disposeCache, type KvCache, shortenRow } from './kv-cache.ts'
import { openDecoder } from './open-decoder.ts'

hideSubgroups()

const recipe: Recipe = {
  ...defaultRecipe,
  attention: 'gqa',
  // No multiple of what one workgroup of the selection looks through.
  shape: { ...defaultRecipe.shape, layers: 1, vocab: 4099 },
}
/** The first cache begins with 64 slots. */
const prompts = [
  Array.from({ length: 58 }, (_, index) => (index * 131 + 7) % 4096),
  Array.from({ length: 9 }, (_, index) => (index * 37 + 100) % 4096),
]

const complaints: string[] = []
let gpu: Runtime
let cpu: Runtime
/** For all tests: while one is open, the runtime keeps its shaders, which take longer than all else. */
let onGpu: Decoder
beforeAll(async () => {
  ;[gpu, cpu] = [await start('webgpu'), await start('wasm')]
  onGpu = await open(gpu)
  opened.splice(0)
})
afterAll(() => onGpu.release())

const opened: Decoder[] = []
afterEach(async () => {
  for (const decoder of opened.splice(0)) await decoder.release()
  expect(complaints).toEqual([])
})

const start = (choice: RuntimeChoice) => openWebRuntime(choice, { threads: 1, weightBytes: 0 })

async function open(runtime: Runtime, change: Partial<Recipe> = {}): Promise<Decoder> {
  const changed = { ...recipe, ...change }
  const decoder = await openDecoder({
    runtime,
    graph: buildModel(changed).get(graphPath(changed)) as Uint8Array,
    externalData: [],
    contextTokens: 100,
  })
  opened.push(decoder)
  const device = await runtime.device?.()
  if (device) {
    device.onuncapturederror = ({ error }) => void complaints.push(error.message)
  }
  return decoder
}

type Run = { tokens: number[]; last: Float32Array }

/** Greedy, each prompt alone at first, then together. */
async function decodeTogether(decoder: Decoder, count: number): Promise<Run[]> {
  const caches: KvCache[] = []
  const runs: Run[] = []
  for (const prompt of prompts) {
    const cache = decoder.createCache()
    caches.push(cache)
    const positions = [prompt.length - 1]
    const { logits } = await decoder.forward(cache, { tokens: [prompt], positions })
    const last = Float32Array.from(logits[0]?.[0] ?? [])
    runs.push({ tokens: [argmax(last)], last })
  }
  const sources = caches.map((cache, index) => {
    return { cache, row: 0, length: prompts[index]?.length ?? 0 }
  })
  const together = decoder.join(sources)
  for (const cache of caches) disposeCache(cache)
  for (let step = 1; step < count; step++) {
    const { logits } = await decoder.forward(together, {
      tokens: runs.map(({ tokens }) => tokens.slice(-1)),
      positions: [0],
    })
    runs.forEach((run, row) => {
      run.last = Float32Array.from(logits[row]?.[0] ?? [])
      run.tokens.push(argmax(run.last))
    })
  }
  disposeCache(together)
  return runs
}

describe('a cache that is written in place on the GPU', () => {
  test.each([
    ['positions in the graph’s input', { positionIds: true }],
    ['positions from the mask', { positionIds: false }],
    ['q4', { dtype: 'q4' }],
  ] as const)(
    'holds what the CPU computes, two rows past their first buffer: %s',
    async (_, change) => {
      const inPlace = await open(gpu, change)
      expect(inPlace.layout.kvCache).toBe('static')
      // Without them, a concatenating graph counts from the past's length: `canBatch` finds it out.
      const growing = await open(gpu, { ...change, attention: 'concat', positionIds: true })
      expect(growing.layout.kvCache).toBe('growing')
      const wanted = await decodeTogether(await open(cpu, change), 10)
      for (const decoder of [inPlace, growing]) {
        const runs = await decodeTogether(decoder, 10)
        runs.forEach(({ tokens, last }, row) => {
          expect(tokens).toEqual(wanted[row]?.tokens)
          const differences = last.map((value, token) => value - (wanted[row]?.last[token] ?? 0))
          expect(Math.max(...differences.map(Math.abs))).toBeLessThan(1e-3)
        })
      }
    },
  )

  test('is found fit for batches', async () => {
    const knownAnswer = { promptTokens: prompts[0] ?? [], toleranceAbs: 1e-3 }
    expect(await canBatch(onGpu, { ...knownAnswer, tokens: [], topLogits: [] })).toBe(true)
  })
})

describe('logits that stay on the GPU', () => {
  test.each([1, 5, 64])('the %i largest are those of all of them', async (needed) => {
    const decoder = onGpu
    const [prompt = []] = prompts
    const positions = [3, prompt.length - 1]
    const cache = decoder.createCache()
    const all = (await decoder.forward(cache, { tokens: [prompt], positions })).logits
    const copies = all[0]?.map((logits) => logits.slice()) ?? []
    shortenRow(cache, 0, 0)
    const few = await decoder.forward(cache, { tokens: [prompt], positions, logitsNeeded: needed })
    few.logits[0]?.forEach((logits, index) => {
      const whole = copies[index] as Float32Array
      const least = whole.toSorted((a, b) => b - a)[needed - 1] ?? 0
      expect([...logits]).toEqual(Array.from(whole, (each) => (each >= least ? each : -Infinity)))
    })
    disposeCache(cache)
  })
})

describe('tokens read ahead', () => {
  test('are those read one by one; what is too many is taken back', async () => {
    const decoder = onGpu
    const [prompt = []] = prompts
    const oneByOne = (await decodeTogether(decoder, 13)).map(({ tokens }) => tokens)
    const caches: KvCache[] = []
    for (const tokens of prompts) {
      const cache = decoder.createCache()
      caches.push(cache)
      await decoder.forward(cache, { tokens: [tokens], positions: [0], logitsNeeded: 1 })
    }
    const cache = decoder.join(
      caches.map((each, index) => ({ cache: each, row: 0, length: prompts[index]?.length ?? 0 })),
    )
    let tokens = oneByOne.map(([first = 0]) => first)
    const ahead = oneByOne.map((_, row) => [tokens[row] ?? 0])
    for (let round = 0; round < 4; round++) {
      const logits = await decoder.forwardAhead?.(cache, { tokens, steps: 4 })
      expect(logits).toHaveLength(4)
      const rows = ahead.map((_, row) => logits?.map((step) => argmax(step[row] as Float32Array)))
      // The last of the four is taken back.
      rows.forEach((read, row) => {
        ahead[row]?.push(...(read ?? []).slice(0, 3))
        shortenRow(cache, row, (prompts[row]?.length ?? 0) + 3 * (round + 1))
      })
      tokens = ahead.map((read) => read.at(-1) ?? 0)
    }
    expect(ahead).toEqual(oneByOne)
    expect(prompt.length + 12).toBe(cache.rows[0]?.length)
    for (const each of [...caches, cache]) disposeCache(each)
  })

  test('end at the context’s end', async () => {
    const decoder = onGpu
    const cache = decoder.createCache()
    const tokens = [new Array<number>(97).fill(5)]
    await decoder.forward(cache, { tokens, positions: [96], logitsNeeded: 1 })
    expect(await decoder.forwardAhead?.(cache, { tokens: [5], steps: 4 })).toHaveLength(3)
    expect(cache).toMatchObject({ slots: 100, rows: [{ length: 100 }] })
    disposeCache(cache)
  })
})

describe('a scheduler on the GPU', () => {
  test('says the same however far it reads ahead', async () => {
    const steps: number[] = []
    const runAll = (decoder: Decoder, maxAheadMs: number) => {
      const scheduler = createScheduler({
        decoder,
        batchSize: 2,
        chunkTokens: 64,
        maxOutputs: 64,
        maxPrefixBytes: 0,
        maxAheadMs,
        onStep: ({ type, tokens }) => type === 'decode' && steps.push(tokens),
      })
      const asked = { keepsPrefix: false, logitsNeeded: 1, statesEvery: 6 }
      const runs = prompts.map((prompt, row) =>
        runGreedily(scheduler, prompt, { ...asked, count: 10 + row }),
      )
      return Promise.all(runs)
    }
    const ahead = await runAll(onGpu, 1e6)
    expect(Math.max(...steps)).toBe(4)
    steps.length = 0
    const others = [await runAll(onGpu, 0), await runAll(await open(cpu), 0)]
    expect(Math.max(...steps)).toBe(1)
    for (const [row, { tokens, states }] of ahead.entries()) {
      expect(states).toHaveLength(6 * recipe.shape.width)
      for (const other of others.map((runs) => runs[row])) {
        expect(other?.tokens).toEqual(tokens)
        const isFar = (state: number, at: number) =>
          !(Math.abs(state - (other?.states[at] ?? Number.NaN)) < 1e-3)
        expect(states.filter(isFar)).toEqual([])
      }
    }
  })
})

describe('memory of the GPU', () => {
  /** Bytes of buffers made and not destroyed, of everybody. */
  function watchBuffers(device: GPUDevice): { bytes: () => number; restore: () => void } {
    const live = new Map<GPUBuffer, number>()
    const create = device.createBuffer
    device.createBuffer = (descriptor) => {
      const buffer = create.call(device, descriptor)
      live.set(buffer, descriptor.size)
      const { destroy } = buffer
      buffer.destroy = () => {
        live.delete(buffer)
        destroy.call(buffer)
      }
      return buffer
    }
    return {
      bytes: () => [...live.values()].reduce((sum, size) => sum + size, 0),
      restore: () => {
        device.createBuffer = create
      },
    }
  }

  test('does not grow from 32 answers to 64, however they end', { timeout: 120_000 }, async () => {
    const decoder = onGpu
    const buffers = watchBuffers((await gpu.device?.()) as GPUDevice)
    const init = {
      decoder,
      batchSize: 2,
      chunkTokens: 64,
      maxOutputs: 64,
      maxPrefixBytes: 1e6,
      maxAheadMs: 1e6,
    }
    const scheduler = createScheduler(init)
    const answer = (index: number): Promise<void> =>
      new Promise((resolve) => {
        const cancel = new AbortController()
        let taken = 0
        scheduler.add({
          prompt: (prompts[index % 2] as number[]).slice(0, 40).with(0, index % 5),
          firstOutput: Math.min(prompts[index % 2]?.length ?? 0, 40) - 1,
          statesEvery: null,
          logitsNeeded: index % 3 === 0 ? 20 : 1,
          keepsPrefix: index % 4 > 0,
          signal: cancel.signal,
          isWanted: () => true,
          take({ logits }) {
            taken += 1
            // Whoever cancels is told nothing more.
            if (index % 7 === 6 && taken === 2) {
              cancel.abort()
              resolve()
            }
            return taken < 3 ? argmax(logits) : null
          },
          end: () => resolve(),
        })
      })
    const seen: number[] = []
    for (let index = 0; index < 64; index += 4) {
      await Promise.all([0, 1, 2, 3].map((each) => answer(index + each)))
      seen.push(buffers.bytes())
    }
    buffers.restore()
    // The runtime keeps freed buffers for reuse; prompts are kept up to their limit.
    expect(Math.max(...seen.slice(8))).toBeLessThanOrEqual(Math.max(...seen.slice(0, 8)))
  })
})
