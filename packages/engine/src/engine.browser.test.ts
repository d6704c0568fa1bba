import type { ChatManifest } from '@weft/protocol'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { disposeCache } from './decoder/kv-cache.ts'
import { openDecoder } from './decoder/open-decoder.ts'
import type { Engine, LoadInit, ModelFiles } from './engine.ts'
import referenceLines from './testing/reference-runs.jsonl?raw'
import { collect, runReference, story } from './testing/reference-runs.ts'
import { fetchBobbinFiles, fetchBobbinManifest } from './testing/web-model.ts'
import { openWebRuntime } from './worker/web-runtime.ts'
import { createWorkerEngine, startDefaultWorker } from './worker/worker-engine.ts'

/** A software GPU takes a third of a second for a token on a busy machine. */
const slowMs = 300_000

const reference: number[][] = referenceLines
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))

const oneThread = { threads: 1, weightBytes: 0 }

let model: { manifest: ChatManifest; files: ModelFiles }
let engine: Engine | undefined

beforeAll(async () => {
  const manifest = await fetchBobbinManifest()
  model = { manifest, files: await fetchBobbinFiles(manifest) }
})
afterEach(() => engine?.close())

test('two threads give the tokens that onnxruntime-node gives', async () => {
  engine = createWorkerEngine({ threads: 2 })
  const result = await engine.load({ ...from(model), backend: 'wasm' })
  expect(result.engine).toEqual({
    runtime: 'onnxruntime-web 1.30.0',
    backend: 'wasm',
    device: 'CPU, 2 threads',
  })
  expect(result.selfTest).toMatchObject({ passed: true, matchingTokens: 16 })
  expect(await runReference(engine)).toEqual(reference)
})

describe('a browser without JavaScript Promise Integration', () => {
  test('computes the same on WebGPU', { timeout: slowMs }, async () => {
    const { Suspending } = WebAssembly as { Suspending?: unknown }
    Reflect.deleteProperty(WebAssembly, 'Suspending')
    try {
      const runtime = await openWebRuntime('webgpu', oneThread)
      const graph = model.files.get(model.manifest.graph) ?? new Uint8Array()
      const decoder = await openDecoder({
        runtime,
        graph,
        externalData: [],
        contextTokens: 512,
      })
      const { promptTokens, topLogits } = model.manifest.knownAnswer
      const cache = decoder.createCache()
      const positions = [promptTokens.length - 1]
      const { logits } = await decoder.forward(cache, { tokens: [promptTokens], positions })
      for (const { token, value } of topLogits) {
        expect(logits[0]?.[0]?.[token]).toBeCloseTo(value, 3)
      }
      disposeCache(cache)
      await decoder.release()
    } finally {
      Object.assign(WebAssembly, { Suspending })
    }
  })
})

describe('auto', () => {
  test('leaves a software GPU alone and says so', async () => {
    engine = createWorkerEngine()
    const result = await engine.load({ ...from(model), backend: 'auto' })
    expect(result.engine.backend).toBe('wasm')
    expect(result.fallbackReason).toBe(
      'The only graphics device here is software, which is slower than the CPU backend.',
    )
  })
})

describe('what goes wrong', () => {
  test('a lost device ends the answer', { timeout: slowMs }, async () => {
    const runtime = await openWebRuntime('webgpu', oneThread)
    const graph = model.files.get(model.manifest.graph) ?? new Uint8Array()
    const decoder = await openDecoder({
      runtime,
      graph,
      externalData: [],
      contextTokens: 512,
    })
    const cache = decoder.createCache()
    await decoder.forward(cache, { tokens: [[1]], positions: [0] })
    const { env } = await import('onnxruntime-web/jspi')
    const device = await env.webgpu.device
    device.destroy()
    await expect(decoder.forward(cache, { tokens: [[5]], positions: [0] })).rejects.toThrow(
      expect.objectContaining({ code: 'engine/device-lost' }),
    )
  })

  test('a crashed worker ends the answer, and the next load starts another', async () => {
    const workers: Worker[] = []
    engine = createWorkerEngine({
      startWorker() {
        const worker = startDefaultWorker()
        workers.push(worker)
        return worker
      },
    })
    await engine.load({ ...from(model), backend: 'wasm' })
    const answer = collect(engine.generate(story))
    workers[0]?.dispatchEvent(new ErrorEvent('error', { message: 'out of stack' }))
    const crashed = expect.objectContaining({ code: 'engine/crashed' })
    await expect(answer).rejects.toThrow(crashed)
    await expect(engine.measurePrompt(story)).rejects.toThrow(crashed)
    await engine.load({ ...from(model), backend: 'wasm' })
    expect((await collect(engine.generate(story))).finishReason).toBe('stop')
  })

  test('a damaged graph is named as such', async () => {
    engine = createWorkerEngine()
    const graph = model.files.get(model.manifest.graph)?.slice(0, 100_000) ?? new Uint8Array()
    const files = new Map([...model.files, [model.manifest.graph, graph]])
    await expect(engine.load({ ...from({ ...model, files }), backend: 'wasm' })).rejects.toThrow(
      expect.objectContaining({ code: 'engine/bad-graph' }),
    )
  })

  test('a cancelled load ends at once', async () => {
    engine = createWorkerEngine()
    const controller = new AbortController()
    const loading = engine.load(
      { ...from(model), backend: 'wasm' },
      { signal: controller.signal, onStage: () => controller.abort() },
    )
    await expect(loading).rejects.toThrow(expect.objectContaining({ code: 'protocol/cancelled' }))
  })
})

/** A load takes the files over. */
function from({ manifest, files }: typeof model): Pick<LoadInit, 'manifest' | 'openFiles'> {
  const copies = () => [...files].map(([path, bytes]) => [path, bytes.slice()] as const)
  return { manifest, openFiles: async () => new Map(copies()) }
}
