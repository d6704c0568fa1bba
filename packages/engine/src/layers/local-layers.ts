/**
 * Some layers of a model, computed for others in the thread that calls it: the inside of the worker, and
 * all of it in Node.
 * @module
 */
import { CancelledError, type EngineInfo, type LayersManifest, WeftError } from '@weft/protocol'
import type { BackendChoice, ModelFiles, WaitOptions } from '../engine.ts'
import { externalWeights, requireFile } from '../model/model-config.ts'
import type { OpenRuntime, RuntimeChoice } from '../runtime.ts'
import { computeKnownStates, testKnownStates, toKnownStates } from './known-states.ts'
import { openPartDecoder, type PartDecoder } from './part-decoder.ts'
import { createPartHost, type PartHost } from './part-host.ts'

type LayersInit = {
  manifest: LayersManifest
  /** Hashes were checked by whoever fetched them. */
  files: ModelFiles
  backend: BackendChoice
}

/** A part that has passed its known answer. */
export type LocalLayers = PartHost & { readonly info: EngineInfo }

/** Of the key/value caches of one asking tab, and of all: many answers of some layers. */
const limits = { maxBytesPerLink: 256 * 1024 * 1024, maxBytes: 512 * 1024 * 1024 }

/**
 * `auto` tries WebGPU first and takes the CPU when that fails.
 * @throws WeftError `engine/bad-graph`, `engine/unsupported`, `engine/out-of-memory`,
 *   `engine/self-test`, `engine/no-webgpu`, CancelledError
 */
export async function openLocalLayers(
  init: LayersInit,
  openRuntime: OpenRuntime,
  { signal }: WaitOptions = {},
): Promise<LocalLayers> {
  const { manifest, backend } = init
  const openOn = async (choice: RuntimeChoice): Promise<LocalLayers> => {
    if (signal?.aborted) throw new CancelledError({ subject: 'Loading', cause: signal.reason })
    const { decoder, info } = await openLayers(init, { openRuntime, choice })
    try {
      await testKnownStates(decoder, manifest)
    } catch (error) {
      await decoder.release()
      throw error
    }
    return { info, ...createPartHost({ decoder, width: manifest.width, limits }) }
  }
  if (backend !== 'auto') return openOn(backend)
  try {
    return await openOn('hardware-webgpu')
  } catch (error) {
    if (WeftError.is(error) && error.code === 'protocol/cancelled') throw error
    return openOn('wasm')
  }
}

/** The known answer of a part whose manifest is being made. */
export async function makeKnownStates(
  init: { manifest: Omit<LayersManifest, 'knownAnswer'>; files: ModelFiles; tolerance: number },
  openRuntime: OpenRuntime,
): Promise<LayersManifest['knownAnswer']> {
  const { decoder } = await openLayers(init, { openRuntime, choice: 'wasm' })
  try {
    const states = await computeKnownStates(decoder, init.manifest.width)
    return toKnownStates(states, init.tolerance)
  } finally {
    await decoder.release()
  }
}

type OpenInit = { openRuntime: OpenRuntime; choice: RuntimeChoice }

async function openLayers(
  { manifest, files }: { manifest: Omit<LayersManifest, 'knownAnswer'>; files: ModelFiles },
  { openRuntime, choice }: OpenInit,
): Promise<{ decoder: PartDecoder; info: EngineInfo }> {
  const graph = requireFile(files, manifest.graph)
  const externalData = externalWeights(manifest.graph, files)
  const weightBytes = externalData.reduce((sum, { data }) => sum + data.length, graph.length)
  const runtime = await openRuntime(choice, { weightBytes })
  const { contextTokens } = manifest
  const decoder = await openPartDecoder({ runtime, graph, externalData, contextTokens })
  return { decoder, info: runtime.info }
}
