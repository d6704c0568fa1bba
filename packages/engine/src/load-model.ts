/**
 * Files to a model that is ready and has passed its known-answer test.
 * @module
 */
import {
  CancelledError,
  type ChatManifest,
  type EmbeddingManifest,
  type KnownAnswer,
  WeftError,
} from '@weft/protocol'
import { cpuMemoryBytes } from './decoder/cpu-memory.ts'
import type { Decoder } from './decoder/decoder.ts'
import { keepsWindow } from './decoder/decoder-layout.ts'
import { disposeCache } from './decoder/kv-cache.ts'
import { openDecoder } from './decoder/open-decoder.ts'
import { type Embedder, openEmbedder } from './embed/embedder.ts'
import { selfTestEmbedding } from './embed/known-embedding.ts'
import type {
  Capabilities,
  LoadInit,
  LoadOptions,
  LoadResult,
  LoadStage,
  ModelFiles,
} from './engine.ts'
import { createGrammars } from './grammar/grammars.ts'
import { canBatch, selfTest } from './known-answer.ts'
import { openSplitDecoder } from './layers/open-split-decoder.ts'
import type { SplitInit } from './layers/part-link.ts'
import type { LoadedModel } from './loaded-model.ts'
import { checkTokenizer, createChatTokenizer } from './model/chat-tokenizer.ts'
import { externalWeights, readModelConfig, requireFile } from './model/model-config.ts'
import type { OpenRuntime, Runtime, RuntimeChoice } from './runtime.ts'
import { createScheduler, type StepTiming } from './scheduler/scheduler.ts'

export type Loaded = {
  model: LoadedModel | Embedder
  result: LoadResult
  /** Frees everything; what runs ends with `reason`. Never rejects. */
  release(reason: WeftError): Promise<void>
}

export type LoadModelOptions = LoadOptions & { onStep?: (timing: StepTiming) => void }

/** What `auto` does not try to go around: the other backend would fail in the same way. */
const finalCodes = [
  'engine/bad-graph',
  'engine/bad-model',
  'engine/part-lost',
  'engine/part-missing',
  'protocol/cancelled',
]

/** `auto` tries WebGPU first and takes the CPU when that fails, with the reason in the result. */
export async function loadModel(
  { manifest, openFiles, backend, split }: LoadInit,
  openRuntime: OpenRuntime,
  options: LoadModelOptions = {},
): Promise<Loaded> {
  const { signal } = options
  const files = await openFiles(signal ? { signal } : {})
  const graphs = split ? [split.opening, split.closing] : [manifest.graph]
  const fileBytes = graphs
    .flatMap((graph) => [requireFile(files, graph), ...externalWeights(graph, files).map(dataOf)])
    .reduce((sum, data) => sum + data.length, 0)
  // Quantised weights are read as the floats that they become.
  const weightBytes = split ? fileBytes : cpuMemoryBytes({ ...manifest, memoryBytes: fileBytes })
  const loadOn = async (choice: RuntimeChoice): Promise<Loaded> => {
    const init = { files, split, openRuntime: () => openRuntime(choice, { weightBytes }) }
    if (manifest.task === 'chat') return loadChat(manifest, init, options)
    if (manifest.task === 'embedding') return loadEmbedder(manifest, init, options)
    throw new WeftError(
      'engine/unsupported',
      'These are some layers of a model, not one that answers.',
    )
  }
  if (backend !== 'auto') return loadOn(backend)
  try {
    return await loadOn('hardware-webgpu')
  } catch (error) {
    const { code, message } = WeftError.from(error, 'engine/no-webgpu', 'WebGPU did not start.')
    if (finalCodes.includes(code)) throw error
    const loaded = await loadOn('wasm')
    return { ...loaded, result: { ...loaded.result, fallbackReason: firstSentence(message) } }
  }
}

function dataOf({ data }: { data: Uint8Array }): Uint8Array {
  return data
}

/** What happened, without the advice that follows it. */
function firstSentence(message: string): string {
  return message.slice(0, message.indexOf('.') + 1) || message
}

type LoadOnInit = {
  files: ModelFiles
  split: SplitInit | undefined
  openRuntime: () => Promise<Runtime>
}

async function loadChat(
  manifest: ChatManifest,
  { files, split, openRuntime }: LoadOnInit,
  { onStep, ...options }: LoadModelOptions,
): Promise<Loaded> {
  const enter = stages(options)
  enter('runtime')
  const runtime = await openRuntime()
  enter('graph')
  const config = readModelConfig(files)
  const tokenizer = createChatTokenizer(config)
  const { knownAnswer } = manifest
  const { contextTokens: wantedTokens } = manifest
  const decoder = split
    ? await openSplitDecoder({ runtime, files, split, contextTokens: wantedTokens })
    : await openDecoder({
        runtime,
        graph: requireFile(files, manifest.graph),
        externalData: externalWeights(manifest.graph, files),
        contextTokens: wantedTokens,
      })
  try {
    enter('warm-up')
    const { vocabularySize, chunkTokens } = await warmUp(decoder, knownAnswer.promptTokens)
    checkTokenizer({ tokenizer, vocabularySize, promptTokens: knownAnswer.promptTokens })
    enter('self-test')
    const report = await selfTest(decoder, manifest, options)
    const { contextTokens, rows, maxTensorBytes } = decoder.limits
    const { endTokens, tokenizerJson, windowTokens } = config
    const canJoin =
      rows > 1 &&
      keepsWindow(decoder.layout, { windowTokens, contextTokens }) &&
      (await findWhetherBatches(decoder, { runtime, knownAnswer }))
    const capabilities: Capabilities = {
      batchSize: canJoin ? Math.min(rows, maxBatchSize) : 1,
      contextTokens,
      kvCache: decoder.layout.kvCache,
    }
    const maxOutputs = outputsWithin(Math.min(maxTensorBytes, maxLogitBytes), vocabularySize)
    const { choosesRows, hasLogitsToKeep } = decoder.layout
    const scheduler = createScheduler({
      decoder,
      batchSize: capabilities.batchSize,
      // Other graphs compute the logits of every position.
      chunkTokens: choosesRows || hasLogitsToKeep ? chunkTokens : Math.min(chunkTokens, maxOutputs),
      maxOutputs,
      maxPrefixBytes,
      maxAheadMs,
      ...(onStep ? { onStep } : {}),
    })
    const grammars = createGrammars({ tokenizerJson, endTokens })
    return {
      model: {
        scheduler,
        tokenizer,
        grammars,
        endTokens,
        contextTokens,
        fullContextTokens: manifest.contextTokens,
        vocabularySize,
      },
      result: { engine: runtime.info, selfTest: report, fallbackReason: null, capabilities },
      async release(reason) {
        await scheduler.close(reason)
        grammars.dispose()
        await decoder.release()
      },
    }
  } catch (error) {
    await decoder.release()
    throw error
  }
}

/** Rows that share a step. Beyond it a step gets longer as fast as it gets wider. */
const maxBatchSize = 8
/** A token is never seen later than this because others are computed behind it. */
const maxAheadMs = 100
/** Of one tensor of logits: as many positions of a vocabulary as a chunk may be asked about. */
const maxLogitBytes = 64 * 1024 * 1024
/** Of the key/value cache kept for prompts that begin alike. */
const maxPrefixBytes = 256 * 1024 * 1024

function outputsWithin(bytes: number, vocabularySize: number): number {
  return Math.max(1, Math.floor(bytes / (Float32Array.BYTES_PER_ELEMENT * vocabularySize)))
}

type BatchInit = { runtime: Runtime; knownAnswer: KnownAnswer }

/** A graph that fails with two rows computes one at a time; on a GPU a failed run ends the session. */
async function findWhetherBatches(
  decoder: Decoder,
  { runtime, knownAnswer }: BatchInit,
): Promise<boolean> {
  try {
    return await canBatch(decoder, knownAnswer)
  } catch (error) {
    if (runtime.executionProvider === 'webgpu') throw error
    return false
  }
}

async function loadEmbedder(
  manifest: EmbeddingManifest,
  { files, openRuntime }: LoadOnInit,
  options: LoadOptions,
): Promise<Loaded> {
  const enter = stages(options)
  enter('runtime')
  const runtime = await openRuntime()
  enter('graph')
  const { contextTokens } = manifest
  const embedder = await openEmbedder({
    runtime,
    graph: requireFile(files, manifest.graph),
    externalData: externalWeights(manifest.graph, files),
    files,
    contextTokens,
  })
  try {
    enter('self-test')
    const report = await selfTestEmbedding(embedder, manifest, options)
    const capabilities: Capabilities = { batchSize: 1, contextTokens, kvCache: 'growing' }
    return {
      model: embedder,
      result: { engine: runtime.info, selfTest: report, fallbackReason: null, capabilities },
      release: () => embedder.release(),
    }
  } catch (error) {
    await embedder.release()
    throw error
  }
}

function stages({ signal, onStage }: LoadOptions): (stage: LoadStage) => void {
  return (stage) => {
    if (signal?.aborted) throw new CancelledError({ subject: 'Loading', cause: signal.reason })
    onStage?.(stage)
  }
}

/** How long a chunk of somebody's prompt may keep the answers of others waiting. */
const maxStallMs = 200
const chunkSizes = [512, 256, 128, 64, 32, 16, 8]

/**
 * The first step of a shape compiles kernels: pay for it here, not in the first answer. A second one
 * tells how much of a prompt fits into one chunk; the size then stays, so that equal prompts are read
 * in equal chunks.
 */
async function warmUp(
  decoder: Decoder,
  promptTokens: readonly number[],
): Promise<{ vocabularySize: number; chunkTokens: number }> {
  const cache = decoder.createCache()
  const prompt = promptTokens.slice(0, 33)
  const positions = [prompt.length - 1]
  try {
    await decoder.forward(cache, { tokens: [prompt], positions })
    const startedMs = performance.now()
    await decoder.forward(cache, { tokens: [prompt], positions })
    const tokenMs = (performance.now() - startedMs) / prompt.length
    const { logits } = await decoder.forward(cache, { tokens: [[1]], positions: [0] })
    const chunkTokens = chunkSizes.find((size) => size * tokenMs <= maxStallMs) ?? 8
    return { vocabularySize: logits[0]?.[0]?.length ?? 0, chunkTokens }
  } finally {
    disposeCache(cache)
  }
}
