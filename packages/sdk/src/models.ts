/**
 * The models of a tab: what exists, who serves it, and the one engine that runs one of them.
 * @module
 */
import type { BackendChoice, Engine } from '@weft/engine'
import type { Network } from '@weft/network'
import { WeftError } from '@weft/protocol'
import { type ChunkStore, fetchModelFiles, totalBytes } from '@weft/storage'
import type { CatalogueEntry } from './catalogue.ts'
import { createCell } from './cell.ts'
import type { EngineState, ModelEntry, Models } from './tab.ts'

export type ModelsInit = {
  catalogue: CatalogueEntry[]
  chunks: ChunkStore
  engine: Engine
  network: Pick<Network, 'findOffers'>
}

/** A load under way. It is shared, and cancelled only when nobody waits for it any more. */
type Loading = {
  modelCid: string
  backend: BackendChoice
  done: Promise<void>
  controller: AbortController
  waiters: number
}

export function createModels({ catalogue, chunks, engine, network }: ModelsInit): Models {
  const list = createCell<ModelEntry[]>(
    catalogue.map(({ modelCid, manifest }) => ({
      modelCid,
      manifest,
      downloadBytes: totalBytes(manifest),
      liveNodes: null,
    })),
  )
  const state = createCell<EngineState>({ phase: 'empty' })
  let loading: Loading | undefined

  async function load(entry: CatalogueEntry, backend: BackendChoice, signal: AbortSignal) {
    const { modelCid, manifest, baseUrl } = entry
    try {
      const files = await fetchModelFiles(
        { manifest, baseUrl, chunks },
        {
          signal,
          onProgress: (progress) => state.set({ phase: 'downloading', modelCid, ...progress }),
        },
      )
      const result = await engine.load(
        { manifest, files, backend },
        { signal, onStage: (stage) => state.set({ phase: 'loading', modelCid, stage }) },
      )
      const speed = await engine.measure({ signal })
      state.set({ phase: 'ready', modelCid, result, speed })
    } catch (error) {
      const failure = WeftError.from(error, 'sdk/prepare', 'The model could not be made ready.')
      state.set({ phase: 'failed', modelCid, error: failure.toJSON() })
      throw failure
    } finally {
      loading = undefined
    }
  }

  function begin(entry: CatalogueEntry, backend: BackendChoice): Loading {
    const controller = new AbortController()
    const done = load(entry, backend, controller.signal)
    done.catch(() => {}) // Each waiter hears of it; without one there is nobody to tell.
    return { modelCid: entry.modelCid, backend, done, controller, waiters: 0 }
  }

  function isReady(modelCid: string, backend: BackendChoice): boolean {
    const now = state.get()
    if (now.phase !== 'ready' || now.modelCid !== modelCid) return false
    return backend === 'auto' || now.result.engine.backend === backend
  }

  return {
    list,
    engine: state,
    async refreshLiveNodes(options = {}) {
      const offers = await network.findOffers(null, options).catch(() => undefined)
      if (!offers) return
      list.set(
        list.get().map((entry) => ({
          ...entry,
          liveNodes: offers.filter(({ registration }) =>
            registration.models.some(({ modelCid }) => modelCid === entry.modelCid),
          ).length,
        })),
      )
    },
    async prepare(modelCid, backend, { signal } = {}) {
      const entry = findEntry(catalogue, modelCid)
      while (loading && (loading.modelCid !== modelCid || loading.backend !== backend)) {
        await untilAborted(
          loading.done.catch(() => {}),
          signal,
        )
      }
      if (isReady(modelCid, backend)) return
      loading ??= begin(entry, backend)
      const shared = loading
      shared.waiters += 1
      try {
        await untilAborted(shared.done, signal)
      } finally {
        shared.waiters -= 1
        if (shared.waiters === 0) shared.controller.abort()
      }
    },
  }
}

/** @throws WeftError `sdk/unknown-model` */
export function findEntry(catalogue: CatalogueEntry[], modelCid: string): CatalogueEntry {
  const entry = catalogue.find((candidate) => candidate.modelCid === modelCid)
  if (entry) return entry
  throw new WeftError('sdk/unknown-model', 'This site does not know that model.', {
    facts: [`Model: ${modelCid}`],
  })
}

function untilAborted<Value>(
  promise: Promise<Value>,
  signal: AbortSignal | undefined,
): Promise<Value> {
  if (!signal) return promise
  const aborted = Promise.withResolvers<never>()
  const onAbort = () => aborted.reject(cancelled())
  if (signal.aborted) onAbort()
  signal.addEventListener('abort', onAbort, { once: true })
  return Promise.race([promise, aborted.promise]).finally(() =>
    signal.removeEventListener('abort', onAbort),
  )
}

function cancelled(): WeftError {
  return new WeftError('protocol/cancelled', 'Preparing the model was cancelled.')
}
