/**
 * The one engine of a tab: what is loaded, who may change that, and whether it still works.
 * @module
 */
import type { BackendChoice, Engine, LoadInit } from '@weft/engine'
import { CancelledError, WeftError } from '@weft/protocol'
import { type ModelStore, totalBytes } from '@weft/storage'
import { type CatalogueEntry, findEntry } from './catalogue.ts'
import { type Cell, createCell } from './cell.ts'
import type { EngineState, WaitOptions } from './tab.ts'

export type TabEngineInit = {
  catalogue: readonly CatalogueEntry[]
  store: Pick<ModelStore, 'open' | 'hold'>
  engine: Engine
}

export interface TabEngine {
  readonly state: Cell<EngineState>
  /** Runs on what is loaded. A failure that the engine does not survive shows in `state`. */
  readonly engine: Pick<Engine, 'countPromptTokens' | 'generate'>
  /**
   * Fetches, loads, self-tests and measures; joins a load under way; returns at once when ready.
   * @throws WeftError `sdk/engine-busy` while another model is held
   */
  prepare(modelCid: string, backend: BackendChoice, options?: WaitOptions): Promise<void>
  /** Keeps what is loaded from being replaced. @returns a function that lets go */
  hold(): () => void
  /** Ends the engine and lets go of its model. */
  close(): Promise<void>
}

/** A load under way. It is shared, and cancelled only when nobody waits for it any more. */
type Loading = {
  modelCid: string
  backend: BackendChoice
  done: Promise<void>
  controller: AbortController
  waiters: number
}

/** After these the model has to be loaded again. */
const fatalCodes = [
  'engine/crashed',
  'engine/device-lost',
  'engine/run-failed',
  'engine/out-of-memory',
  'engine/not-loaded',
]

export function createTabEngine({ catalogue, store, engine }: TabEngineInit): TabEngine {
  const state = createCell<EngineState>({ phase: 'empty' })
  let loading: Loading | undefined
  let holders = 0
  /** Lets other tabs delete the model of this one. */
  let letGo = () => {}

  /** The engine asks for the files again when it restarts; that is no download for `state`. */
  function openFiles({ modelCid, manifest, sources }: CatalogueEntry): LoadInit['openFiles'] {
    return (options) =>
      store.open(
        { manifest, sources },
        {
          ...options,
          onProgress: (progress) => {
            if (loading) state.set({ phase: 'downloading', modelCid, ...progress })
          },
        },
      )
  }

  async function load(entry: CatalogueEntry, backend: BackendChoice, signal: AbortSignal) {
    const { modelCid, manifest } = entry
    try {
      state.set({
        phase: 'downloading',
        modelCid,
        loadedBytes: 0,
        totalBytes: totalBytes(manifest),
      })
      letGo()
      letGo = await store.hold(modelCid)
      const result = await engine.load(
        { manifest, openFiles: openFiles(entry), backend },
        { signal, onStage: (stage) => state.set({ phase: 'loading', modelCid, stage }) },
      )
      const speed = await engine.measure({ signal })
      state.set({ phase: 'ready', modelCid, result, speed })
    } catch (error) {
      const failure = WeftError.from(error, 'sdk/prepare', 'The model could not be made ready.')
      const wasCancelled = failure.code === 'protocol/cancelled'
      state.set(
        wasCancelled ? { phase: 'empty' } : { phase: 'failed', modelCid, error: failure.toJSON() },
      )
      letGo()
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

  const canJoin = (modelCid: string, backend: BackendChoice) =>
    loading?.modelCid === modelCid &&
    loading.backend === backend &&
    !loading.controller.signal.aborted

  function noteFailure(error: unknown): void {
    const now = state.get()
    if (now.phase !== 'ready' || !WeftError.is(error) || !fatalCodes.includes(error.code)) return
    letGo()
    state.set({ phase: 'failed', modelCid: now.modelCid, error: error.toJSON() })
  }

  return {
    state,
    engine: {
      async countPromptTokens(init) {
        try {
          return await engine.countPromptTokens(init)
        } catch (error) {
          noteFailure(error)
          throw error
        }
      },
      async *generate(init, options) {
        try {
          yield* engine.generate(init, options)
        } catch (error) {
          noteFailure(error)
          throw error
        }
      },
    },
    async prepare(modelCid, backend, { signal } = {}) {
      const entry = findEntry(catalogue, modelCid)
      while (loading && !canJoin(modelCid, backend)) {
        await untilAborted(
          loading.done.catch(() => {}),
          signal,
        )
      }
      if (isReady(modelCid, backend)) return
      if (holders > 0) throw busy()
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
    hold() {
      let held = true
      holders += 1
      return () => {
        if (held) holders -= 1
        held = false
      }
    },
    async close() {
      await engine.close()
      letGo()
    },
  }
}

function untilAborted<Value>(
  promise: Promise<Value>,
  signal: AbortSignal | undefined,
): Promise<Value> {
  if (!signal) return promise
  const aborted = Promise.withResolvers<never>()
  const onAbort = () => aborted.reject(new CancelledError({ subject: 'Preparing the model' }))
  if (signal.aborted) onAbort()
  signal.addEventListener('abort', onAbort, { once: true })
  return Promise.race([promise, aborted.promise]).finally(() =>
    signal.removeEventListener('abort', onAbort),
  )
}

function busy(): WeftError {
  return new WeftError('sdk/engine-busy', 'This tab serves another model, or on another backend.', {
    facts: ['Switch Serve off to run something else here.'],
  })
}
