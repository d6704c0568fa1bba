/** What a scheduler holds of the WebAssembly heap over hundreds of jobs that end in every way. */
import { WeftError } from '@weft/protocol'
import { expect, test } from 'vitest'
import { openDecoder } from '../decoder/open-decoder.ts'
import type { OrtHeap } from '../executor/ort-heap.ts'
import { argmax } from '../sampler/sample-token.ts'
import { buildModel, graphPath } from '../testing/build-model/build-model.ts'
import { defaultRecipe, type Recipe } from '../testing/build-model/recipe.ts'
import { openNodeWasm } from '../testing/node-wasm.ts'
import { createScheduler, type Scheduler } from './scheduler.ts'

const runtime = await openNodeWasm()

type Held = { blocks: number; tensors: number }

/** Blocks and tensors of the heap that were made and not freed since. */
function watchHeap(heap: OrtHeap): { held(): Held; restore(): void } {
  const { _malloc, _free, _OrtCreateTensor, _OrtGetTensorData, _OrtReleaseTensor } = heap
  const blocks = new Set<number>()
  const tensors = new Set<number>()
  const watched: Partial<OrtHeap> = {
    _malloc(bytes) {
      const block = _malloc(bytes)
      blocks.add(block)
      return block
    },
    _free(block) {
      blocks.delete(block)
      _free(block)
    },
    _OrtCreateTensor(...init) {
      const tensor = _OrtCreateTensor(...init)
      tensors.add(tensor)
      return tensor
    },
    // Of a tensor that the graph made, asked for once.
    _OrtGetTensorData(tensor, ...out) {
      tensors.add(tensor)
      return _OrtGetTensorData(tensor, ...out)
    },
    _OrtReleaseTensor(tensor) {
      tensors.delete(tensor)
      return _OrtReleaseTensor(tensor)
    },
  }
  Object.assign(heap, watched)
  return {
    held: () => ({ blocks: blocks.size, tensors: tensors.size }),
    restore: () =>
      void Object.assign(heap, {
        _malloc,
        _free,
        _OrtCreateTensor,
        _OrtGetTensorData,
        _OrtReleaseTensor,
      }),
  }
}

const contextTokens = 100
const system = Array.from({ length: 20 }, (_, index) => 10 + index)
const endings = ['length', 'context', 'failure', 'cancelled', 'cancelled early', 'paused'] as const

/** One job, different by its number; resolves when nothing more is heard of it. */
function runJob(scheduler: Scheduler, index: number): Promise<void> {
  const ending = endings[index % endings.length]
  const rest = Array.from({ length: 3 + ((index * 7) % 50) }, (_, at) => 100 + ((index + at) % 90))
  const prompt = index % 2 === 0 ? [...system, ...rest] : rest
  const firstOutput = index % 11 === 0 ? 1 : prompt.length - 1
  const cancel = new AbortController()
  const { promise, resolve } = Promise.withResolvers<void>()
  let taken = 0
  let paused = 0
  const stop = (): void => {
    cancel.abort()
    scheduler.wake()
    resolve()
  }
  scheduler.add({
    prompt,
    firstOutput,
    statesEvery: index % 5 === 0 ? 3 : null,
    keepsPrefix: index % 4 > 0,
    signal: cancel.signal,
    isWanted() {
      if (ending !== 'paused' || taken !== 3 || paused === 4) return true
      paused += 1
      setTimeout(() => scheduler.wake(), 1)
      return false
    },
    take({ position, logits }) {
      if (position >= prompt.length - 1) taken += 1
      if (ending === 'failure' && taken === 4) throw new WeftError('test/failed', 'Failed.')
      if (ending === 'cancelled' && taken === 3) stop()
      const last = ending === 'context' ? contextTokens - prompt.length : 6
      return taken < last ? argmax(logits) : null
    },
    end: () => resolve(),
  })
  if (ending === 'cancelled early') setTimeout(stop, index % 3)
  return promise
}

test.each<[string, Recipe]>([
  ['grows', { ...defaultRecipe, attention: 'concat' }],
  ['is written in place', { ...defaultRecipe, attention: 'gqa' }],
])(
  'is the same after as many again, where the cache %s',
  { timeout: 30_000 },
  async (_, recipe) => {
    const decoder = await openDecoder({
      runtime,
      graph: buildModel(recipe).get(graphPath(recipe)) as Uint8Array,
      externalData: [],
      contextTokens,
    })
    const heap = (await runtime.heap?.()) as OrtHeap
    const watch = watchHeap(heap)
    const scheduler = createScheduler({
      decoder,
      batchSize: 4,
      chunkTokens: 16,
      maxOutputs: 8,
      maxPrefixBytes: 60 * decoder.layout.bytesPerToken,
      maxAheadMs: 0,
    })
    const soak = async (): Promise<Held> => {
      const jobs = Array.from({ length: 180 }, (_, index) => runJob(scheduler, index))
      await Promise.all(jobs)
      await expect.poll(scheduler.memory).toMatchObject({ runningJobs: 0, kvBytes: 0 })
      // The same job last: it leaves the same prefix.
      await runJob(scheduler, 6)
      await expect.poll(scheduler.memory).toMatchObject({ runningJobs: 0, kvBytes: 0 })
      return watch.held()
    }
    const once = await soak()
    expect(await soak()).toEqual(once)
    await scheduler.close(new WeftError('test/closed', 'Closed.'))
    await decoder.release()
    expect(watch.held()).toEqual({ blocks: 0, tensors: 0 })
    watch.restore()
  },
)
