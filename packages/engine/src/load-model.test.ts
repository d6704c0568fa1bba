import { bytesToHex, type ChatManifest, chunkBytes, sha256 } from '@weft/protocol'
import { describe, expect, test } from 'vitest'
import { cacheBytes, disposeCache } from './decoder/kv-cache.ts'
import { openDecoder } from './decoder/open-decoder.ts'
import type { LoadStage } from './engine.ts'
import { decodeModel, encodeModel } from './graph/onnx.ts'
import { createLocalEngine } from './local-engine.ts'
import type { Runtime } from './runtime.ts'
import { graphPath } from './testing/build-model/build-model.ts'
import { defaultRecipe } from './testing/build-model/recipe.ts'
import { builtModelInit } from './testing/built-model.ts'
import { loadBobbin, nodeCpu, readBobbin } from './testing/node-model.ts'
import { openNodeWasm } from './testing/node-wasm.ts'
import { collect, runReference, story } from './testing/reference-runs.ts'
import { failReleases, watchRuns } from './testing/watch-runs.ts'

const { manifest, files } = readBobbin()
const openFiles = async () => files
const code = (value: unknown) => expect.objectContaining({ code: value })

describe('the embedded model', () => {
  test.each(manifest.files)('$path is what the manifest says', ({ path, ...described }) => {
    const bytes = files.get(path) ?? new Uint8Array()
    const hash = (part: Uint8Array) => bytesToHex(sha256(part))
    const chunks = described.chunks.map((_, index) =>
      hash(bytes.subarray(index * chunkBytes, (index + 1) * chunkBytes)),
    )
    expect({ sizeBytes: bytes.length, sha256: hash(bytes), chunks }).toEqual(described)
  })

  test('takes the memory that the manifest says', async () => {
    const graph = files.get(manifest.graph) ?? new Uint8Array()
    // One byte a weight, and their scales.
    expect(graph.length / manifest.parameters).toBeGreaterThan(1)
    expect(graph.length / manifest.parameters).toBeLessThan(1.25)
    const { contextTokens } = manifest
    const decoder = await openDecoder({ runtime: nodeCpu, graph, externalData: [], contextTokens })
    const cache = decoder.createCache()
    const tokens = new Array<number>(contextTokens).fill(4)
    await decoder.forward(cache, { tokens: [tokens], positions: [contextTokens - 1] })
    const weightBytes = manifest.parameters * Float32Array.BYTES_PER_ELEMENT
    expect(manifest.memoryBytes).toBe(weightBytes + cacheBytes(cache))
    disposeCache(cache)
    await decoder.release()
  })

  test('gives the reference answers', async () => {
    const tokens = await runReference(await loadBobbin())
    const lines = tokens.map((answer) => JSON.stringify(answer)).join('\n')
    await expect(lines).toMatchFileSnapshot('./testing/reference-runs.jsonl')
  })
})

describe('load', () => {
  const load = (change: Partial<ChatManifest>, changedFiles = files) =>
    createLocalEngine({ openRuntime: async () => nodeCpu }).load({
      manifest: { ...manifest, ...change },
      openFiles: async () => changedFiles,
      backend: 'wasm',
    })

  test('passes the known-answer test and says where it runs', async () => {
    const stages: LoadStage[] = []
    const engine = createLocalEngine({ openRuntime: async () => nodeCpu })
    const result = await engine.load(
      { manifest, openFiles, backend: 'wasm' },
      { onStage: (stage) => stages.push(stage) },
    )
    expect(result.engine.backend).toBe('node-cpu')
    expect(result.fallbackReason).toBeNull()
    expect(result.selfTest).toMatchObject({ passed: true, matchingTokens: 16, expectedTokens: 16 })
    expect(result.selfTest.maxLogitDifference).toBeLessThan(1e-3)
    expect(stages).toEqual(['runtime', 'graph', 'warm-up', 'self-test'])
    await engine.close()
  })

  test('a wrong answer fails the self-test', async () => {
    const { knownAnswer } = manifest
    const wrongTokens = { ...knownAnswer, tokens: knownAnswer.tokens.with(7, 5) }
    await expect(load({ knownAnswer: wrongTokens })).rejects.toThrow(code('engine/self-test'))
    const [first, ...others] = knownAnswer.topLogits
    const wrongLogit = { token: first?.token ?? 0, value: (first?.value ?? 0) + 0.02 }
    const wrongLogits = { ...knownAnswer, topLogits: [wrongLogit, ...others] }
    await expect(load({ knownAnswer: wrongLogits })).rejects.toThrow(code('engine/self-test'))
  })

  test.each([0, 1000, 1_000_000])('a graph cut at %i bytes is a bad graph', async (length) => {
    const graph = files.get(manifest.graph)?.slice(0, length) ?? new Uint8Array()
    const damaged = new Map([...files, [manifest.graph, graph]])
    await expect(load({}, damaged)).rejects.toThrow(code('engine/bad-graph'))
  })

  test('other weights in the same graph are never served', async () => {
    const graph = Uint8Array.from(files.get(manifest.graph) ?? [])
    const middle = Math.floor(graph.length / 2)
    graph.fill(127, middle, middle + 50_000)
    const damaged = new Map([...files, [manifest.graph, graph]])
    await expect(load({}, damaged)).rejects.toThrow(
      code(expect.stringMatching(/^engine\/(self-test|bad-graph)$/)),
    )
  })

  test('a missing file is named', async () => {
    const without = new Map([...files].filter(([path]) => path !== manifest.graph))
    await expect(load({}, without)).rejects.toThrow(code('engine/bad-model'))
  })

  test('stops when cancelled and can load again', async () => {
    const engine = createLocalEngine({ openRuntime: async () => nodeCpu })
    const init = { manifest, openFiles, backend: 'wasm' } as const
    const controller = new AbortController()
    const loading = engine.load(init, {
      signal: controller.signal,
      onStage: (stage) => stage === 'warm-up' && controller.abort(),
    })
    await expect(loading).rejects.toThrow(code('protocol/cancelled'))
    await expect(engine.measurePrompt(story)).rejects.toThrow(code('engine/not-loaded'))
    expect((await engine.load(init)).selfTest.passed).toBe(true)
    await engine.close()
    await expect(engine.measure()).rejects.toThrow(code('engine/not-loaded'))
    await expect(collect(engine.generate(story))).rejects.toThrow(code('engine/not-loaded'))
  })
})

describe('what a device can do', () => {
  test('where two rows cannot run, answers take turns', async () => {
    const recipe = defaultRecipe
    const init = await builtModelInit()
    for (const fixed of ['input_ids', 'attention_mask']) {
      const changed = new Map(await init.openFiles({}))
      const model = decodeModel(changed.get(graphPath(recipe)) as Uint8Array)
      const input = model.graph.input.find(({ name }) => name === fixed)
      Object.assign(input?.type?.tensor?.shape?.dim[0] ?? {}, { value: 1, parameter: '' })
      changed.set(graphPath(recipe), encodeModel(model))
      const engine = createLocalEngine({ openRuntime: openNodeWasm })
      const { capabilities } = await engine.load({ ...init, openFiles: async () => changed })
      expect(capabilities.batchSize).toBe(1)
      const answer = () => collect(engine.generate({ ...story, maxTokens: 6 }))
      const alone = await answer()
      expect(await Promise.all([answer(), answer()])).toEqual([alone, alone])
      await engine.close()
    }
  })

  test('a slow device reads prompts in small chunks', async () => {
    let runs = 0
    const slow = watchRuns(async () => {
      runs += 1
      // The second is the one that is timed: 33 tokens.
      if (runs === 2) await new Promise((resolve) => setTimeout(resolve, 500))
    })
    const chunks: number[] = []
    const engine = createLocalEngine({
      openRuntime: async () => slow,
      onStep: ({ type, tokens }) => type === 'prefill' && chunks.push(tokens),
    })
    await engine.load({ manifest, openFiles, backend: 'wasm' })
    await collect(engine.generate({ ...story, maxTokens: 1 }))
    expect(Math.max(...chunks)).toBe(8)
    await engine.close()
  })
})

describe('a device that releases nothing', () => {
  const openRuntime = async () => failReleases()
  const init = { manifest, openFiles, backend: 'wasm' } as const

  test('does not hide why a load failed', async () => {
    const { load } = createLocalEngine({ openRuntime })
    const knownAnswer = { ...manifest.knownAnswer, tokens: manifest.knownAnswer.tokens.with(7, 5) }
    const failing = load({ ...init, manifest: { ...manifest, knownAnswer } })
    await expect(failing).rejects.toThrow(code('engine/self-test'))
  })

  test('does not hinder the next load', async () => {
    const engine = createLocalEngine({ openRuntime })
    await engine.load(init)
    expect((await engine.load(init)).selfTest.passed).toBe(true)
    await engine.close()
  })
})

describe('auto', () => {
  const loadAuto = async (webgpu: () => Promise<Runtime>) => {
    const engine = createLocalEngine({
      openRuntime: (choice) => (choice === 'wasm' ? Promise.resolve(nodeCpu) : webgpu()),
    })
    const result = await engine.load({ manifest, openFiles, backend: 'auto' })
    await engine.close()
    return result
  }

  test('keeps WebGPU when it computes rightly', async () => {
    expect((await loadAuto(async () => nodeCpu)).fallbackReason).toBeNull()
  })

  test('takes the CPU when WebGPU does not start, and says why in a sentence', async () => {
    const noDriver = async () => {
      throw new Error('no driver')
    }
    expect((await loadAuto(noDriver)).fallbackReason).toBe('WebGPU did not start.')
  })

  test('takes the CPU when WebGPU computes wrongly', async () => {
    const wrong = watchRuns(({ logits }) => {
      const data = logits?.data as Float32Array
      data[data.length - 1] = 100
    })
    const result = await loadAuto(async () => wrong)
    expect(result.fallbackReason).toBe('This device computes this model wrongly.')
    expect(result.selfTest.passed).toBe(true)
  })
})
