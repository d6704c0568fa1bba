/**
 * The one engine of a tab: what is loaded, who may change that, and whether it still works.
 * @module
 */
import type {
  BackendChoice,
  Engine,
  GenerateInit,
  GeneratePart,
  LoadInit,
  Restart,
  Role,
  SharedEngine,
  SharedEngineInit,
} from '@weft/engine'
import { CancelledError, WeftError } from '@weft/protocol'
import { type ModelStore, totalBytes } from '@weft/storage'
import { type CatalogueEntry, findEntry } from './catalogue.ts'
import { type Cell, createCell } from './cell.ts'
import type { EngineState, WaitOptions } from './tab.ts'

export type TabEngineInit = {
  catalogue: readonly CatalogueEntry[]
  store: Pick<ModelStore, 'open' | 'hold'>
  openEngine: (events: Pick<SharedEngineInit, 'onRestart' | 'onRole'>) => SharedEngine
}

export interface TabEngine {
  readonly state: Cell<EngineState>
  /** Which tab of this browser has the engine in its worker. */
  readonly role: Cell<Role>
  /** Runs on what is loaded. A failure that the engine does not survive shows in `state`. */
  readonly engine: Pick<Engine, 'measurePrompt' | 'generate'>
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

export function createTabEngine({ catalogue, store, openEngine }: TabEngineInit): TabEngine {
  const state = createCell<EngineState>({ phase: 'empty' })
  const role = createCell<Role>('none')
  const engine = openEngine({ onRestart: (restart) => void follow(restart), onRole: role.set })
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

  /** While the engine is made anew; answers wait and go on. */
  async function follow({ done }: Restart): Promise<void> {
    const before = state.get()
    if (before.phase !== 'ready') return
    const { modelCid } = before
    state.set({ phase: 'loading', modelCid, stage: 'runtime' })
    try {
      state.set({ ...before, result: await done })
    } catch (error) {
      const failure = WeftError.from(error, 'sdk/prepare', 'The model could not be made ready.')
      state.set({ phase: 'failed', modelCid, error: failure.toJSON() })
    }
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
      if (manifest.task !== 'chat') throw wrongTask()
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

  /** Another tab may have loaded another model meanwhile: then ours is loaded again, once. */
  async function* generateReady(
    init: GenerateInit,
    options: WaitOptions = {},
  ): AsyncGenerator<GeneratePart, void, undefined> {
    const before = state.get()
    let hasBegun = false
    try {
      for await (const part of engine.generate(init, options)) {
        hasBegun = true
        yield part
      }
    } catch (error) {
      const wasReplaced = WeftError.is(error) && error.code === 'engine/not-loaded'
      if (hasBegun || !wasReplaced || before.phase !== 'ready') throw error
      state.set({ phase: 'empty' })
      await prepare(
        before.modelCid,
        before.result.engine.backend === 'webgpu' ? 'webgpu' : 'auto',
        options,
      )
      yield* engine.generate(init, options)
    }
  }

  async function prepare(
    modelCid: string,
    backend: BackendChoice,
    { signal }: WaitOptions = {},
  ): Promise<void> {
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
  }

  return {
    state,
    role,
    prepare,
    engine: {
      async measurePrompt(init) {
        try {
          return await engine.measurePrompt(init)
        } catch (error) {
          noteFailure(error)
          throw error
        }
      },
      async *generate(init, options) {
        try {
          yield* generateReady(init, options)
        } catch (error) {
          noteFailure(error)
          throw error
        }
      },
    },
    hold() {
      let held = true
      holders += 1
      const release = engine.hold()
      return () => {
        if (!held) return
        held = false
        holders -= 1
        release()
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

function wrongTask(): WeftError {
  return new WeftError(
    'sdk/wrong-task',
    'This model makes vectors of texts. Choose one that answers.',
  )
}

function busy(): WeftError {
  return new WeftError('sdk/engine-busy', 'This tab serves another model, or on another backend.', {
    facts: ['Switch Serve off to run something else here.'],
  })
}
