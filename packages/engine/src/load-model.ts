/**
 * Files to a model that is ready and has passed its known-answer test.
 * @module
 */
import { CancelledError, type Manifest, WeftError } from '@weft/protocol'
import type { LoadInit, LoadOptions, LoadResult, LoadStage } from './engine.ts'
import type { LoadedModel } from './generate.ts'
import { selfTest } from './known-answer.ts'
import { createChatTokenizer } from './model/chat-tokenizer.ts'
import { disposeCache, openDecoder } from './model/decoder.ts'
import { externalWeights, readModelConfig, requireFile } from './model/model-config.ts'
import type { OpenRuntime, Runtime, RuntimeChoice } from './runtime.ts'
import { createTurns } from './turns.ts'

export type Loaded = { model: LoadedModel; result: LoadResult }

/** What `auto` does not try to go around: the other backend would fail in the same way. */
const finalCodes = ['engine/bad-graph', 'engine/bad-model', 'protocol/cancelled']

/** `auto` tries WebGPU first and takes the CPU when that fails, with the reason in the result. */
export async function loadModel(
  init: LoadInit,
  openRuntime: OpenRuntime,
  options: LoadOptions = {},
): Promise<Loaded> {
  const { graph } = init.manifest
  const graphBytes = requireFile(init.files, graph).length
  const weightBytes = externalWeights(graph, init.files).reduce(
    (sum, { data }) => sum + data.length,
    graphBytes,
  )
  const loadOn = (choice: RuntimeChoice) =>
    loadModelOn(() => openRuntime(choice, { weightBytes }), init, options)
  if (init.backend !== 'auto') return loadOn(init.backend)
  try {
    return await loadOn('hardware-webgpu')
  } catch (error) {
    const { code, message } = WeftError.from(error, 'engine/no-webgpu', 'WebGPU did not start.')
    if (finalCodes.includes(code)) throw error
    const { model, result } = await loadOn('wasm')
    return { model, result: { ...result, fallbackReason: firstSentence(message) } }
  }
}

/** What happened, without the advice that follows it. */
function firstSentence(message: string): string {
  return message.slice(0, message.indexOf('.') + 1) || message
}

async function loadModelOn(
  openRuntime: () => Promise<Runtime>,
  { manifest, files }: LoadInit,
  { signal, onStage }: LoadOptions,
): Promise<Loaded> {
  const enter = (stage: LoadStage): void => {
    if (signal?.aborted) throw new CancelledError({ subject: 'Loading', cause: signal.reason })
    onStage?.(stage)
  }
  enter('runtime')
  const runtime = await openRuntime()
  enter('graph')
  const config = readModelConfig(files)
  const decoder = await openDecoder({
    runtime,
    graph: requireFile(files, manifest.graph),
    externalData: externalWeights(manifest.graph, files),
    layers: config.layers,
  })
  try {
    const model: LoadedModel = {
      decoder,
      tokenizer: createChatTokenizer(config),
      endTokens: config.endTokens,
      contextTokens: manifest.contextTokens,
      takeTurn: createTurns(),
    }
    enter('warm-up')
    await warmUp(model, manifest)
    enter('self-test')
    const report = await selfTest(model, manifest, { ...(signal ? { signal } : {}) })
    return { model, result: { engine: runtime.info, selfTest: report, fallbackReason: null } }
  } catch (error) {
    await decoder.release()
    throw error
  }
}

/** The first step of a shape compiles kernels: pay for it here, not in the first answer. */
async function warmUp({ decoder }: LoadedModel, { knownAnswer }: Manifest): Promise<void> {
  const cache = decoder.createCache()
  try {
    await decoder.step(cache, knownAnswer.promptTokens.slice(0, 1))
    await decoder.step(cache, knownAnswer.promptTokens.slice(1, 2))
  } finally {
    disposeCache(cache)
  }
}
