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
  LoadResult,
  Restart,
  Role,
  SharedEngine,
  SharedEngineInit,
} from '@weft/engine'
import { unlessAborted, WeftError } from '@weft/protocol'
import { type FindTabs, type ModelStore, totalBytes } from '@weft/storage'
import { type CatalogueEntry, findChatEntry } from './catalogue.ts'
import { type Cell, createCell } from './cell.ts'
import { busy, prepareError } from './engine-errors.ts'
import { createFilesHold } from './files-hold.ts'
import { isSameEngine } from './same-engine.ts'
import { type SharedWork, shareWork } from './shared-work.ts'
import type { EngineState, WaitOptions } from './tab.ts'

export type TabEngineInit = {
  catalogue: readonly CatalogueEntry[]
  store: Pick<ModelStore, 'open' | 'hold'>
  /** Tabs that give a model, asked beside its sources. */
  findTabs: (modelCid: string) => FindTabs
  openEngine: (events: Pick<SharedEngineInit, 'onRestart' | 'onRole'>) => SharedEngine
}

export interface TabEngine {
  readonly state: Cell<EngineState>
  /** Which tab of this browser has the engine in its worker. */
  readonly role: Cell<Role>
  /** Runs on what is loaded. A failure that the engine does not survive shows in `state`. */
  readonly engine: Pick<Engine, 'measurePrompt' | 'generate' | 'score'>
  /**
   * Fetches, loads, self-tests and measures; joins a load or restart under way; returns at once when
   * ready.
   * @throws WeftError `sdk/engine-busy` while another model is held; `sdk/wrong-task`
   */
  prepare(modelCid: string, backend: BackendChoice, options?: WaitOptions): Promise<void>
  /** Keeps what is loaded from being replaced. @returns a function that lets go */
  hold(): () => void
  /** Ends the engine and lets go of its model. */
  close(): Promise<void>
}

type Ready = Extract<EngineState, { phase: 'ready' }>

type Loading = { modelCid: string; backend: BackendChoice; work: SharedWork }

/** The engine is being made anew, with the model that was ready before. */
type Restarting = { before: Ready; done: Promise<void> }

/** After these the model has to be loaded again. */
const fatalCodes = [
  'engine/crashed',
  'engine/device-lost',
  'engine/run-failed',
  'engine/out-of-memory',
  'engine/not-loaded',
]

export function createTabEngine({
  catalogue,
  store,
  findTabs,
  openEngine,
}: TabEngineInit): TabEngine {
  const state = createCell<EngineState>({ phase: 'empty' })
  const role = createCell<Role>('none')
  const engine = openEngine({ onRestart: follow, onRole: role.set })
  const files = createFilesHold(store)
  let loading: Loading | undefined
  let restarting: Restarting | undefined
  /** The last load that the engine began, by itself or not. */
  let latest: Promise<LoadResult>
  let holders = 0
  /** What they hold; it may have failed since. */
  let heldCid: string | undefined

  /** The engine asks for the files again when it restarts; that is no download for `state`. */
  function openFiles(entry: CatalogueEntry): LoadInit['openFiles'] {
    const { modelCid, manifest, sources, publisher } = entry
    return (options) =>
      store.open(
        { manifest, sources, publisher, findTabs: findTabs(modelCid) },
        {
          ...options,
          onProgress: (progress) => {
            if (loading?.modelCid === modelCid)
              state.set({ phase: 'downloading', modelCid, ...progress })
          },
        },
      )
  }

  /** Answers wait and go on. A load or restart under way sees this one by `latest`. */
  function follow({ done }: Restart): void {
    latest = done
    const before = state.get()
    if (restarting || before.phase !== 'ready') return
    restarting = { before, done: restart(before) }
    state.set({ phase: 'loading', modelCid: before.modelCid, stage: 'runtime' })
  }

  /** Never rejects: how it ends shows in `state`, unless another load has begun. */
  async function restart(before: Ready): Promise<void> {
    const isReplaced = () => restarting?.before !== before
    try {
      const result = await loadedLast()
      if (isReplaced()) return
      // At once, for whoever has promised the engine before.
      state.set({ ...before, result })
      if (isSameEngine(result.engine, before.result.engine)) return
      const speed = await engine.measure()
      const measured = await loadedLast()
      if (!isReplaced()) state.set({ ...before, result: measured, speed })
    } catch (error) {
      if (isReplaced()) return
      files.letGo()
      fail(before.modelCid, prepareError(error))
    } finally {
      if (!isReplaced()) restarting = undefined
    }
  }

  /** What the engine runs on now; a restart that failed may have been followed by another. */
  async function loadedLast(): Promise<LoadResult> {
    for (;;) {
      const awaited = latest
      try {
        return await awaited
      } catch (error) {
        // Waits for the next restart, and throws why there is none.
        await engine.memory()
        if (latest === awaited) throw error
      }
    }
  }

  const fail = (modelCid: string, error: WeftError) =>
    state.set({ phase: 'failed', modelCid, error: error.toJSON() })

  async function load(entry: CatalogueEntry, backend: BackendChoice, signal: AbortSignal) {
    const { modelCid, manifest } = entry
    try {
      state.set({
        phase: 'downloading',
        modelCid,
        loadedBytes: 0,
        totalBytes: totalBytes(manifest),
        givers: [],
      })
      await files.take(modelCid, signal)
      latest = engine.load(
        { manifest, openFiles: openFiles(entry), backend },
        { signal, onStage: (stage) => state.set({ phase: 'loading', modelCid, stage }) },
      )
      await latest
      const speed = await engine.measure({ signal })
      const result = await unlessAborted(loadedLast(), signal, 'Preparing the model')
      state.set({ phase: 'ready', modelCid, result, speed })
    } catch (error) {
      const failure = prepareError(error)
      files.letGo()
      if (failure.code === 'protocol/cancelled') state.set({ phase: 'empty' })
      else fail(modelCid, failure)
      throw failure
    }
  }

  function begin(entry: CatalogueEntry, backend: BackendChoice): Loading {
    restarting = undefined
    const work = shareWork((signal) => load(entry, backend, signal))
    const begun = { modelCid: entry.modelCid, backend, work }
    void work.ended.then(() => {
      if (loading === begun) loading = undefined
    })
    return begun
  }

  function isReady(modelCid: string, backend: BackendChoice): boolean {
    const now = state.get()
    return now.phase === 'ready' && isLoaded(now, modelCid, backend)
  }

  const canJoin = (modelCid: string, backend: BackendChoice) =>
    loading?.modelCid === modelCid && loading.backend === backend && !loading.work.isGivenUp()

  /** What has to end first: a load of something else, or a restart with the same. */
  function findObstacle(modelCid: string, backend: BackendChoice): Promise<void> | undefined {
    if (loading && !canJoin(modelCid, backend)) return loading.work.ended
    if (restarting && isLoaded(restarting.before, modelCid, backend)) return restarting.done
    return undefined
  }

  /** What failed, or was replaced by another tab, may come back for those who hold it. */
  function isHeldAgainst(modelCid: string): boolean {
    const { phase } = state.get()
    const isGone = phase === 'failed' || phase === 'empty'
    return holders > 0 && !(isGone && modelCid === heldCid)
  }

  /** Shows in `state` what the engine did not survive. @throws the same error */
  function noteFailure(error: unknown): never {
    const now = state.get()
    if (now.phase === 'ready' && WeftError.is(error) && fatalCodes.includes(error.code)) {
      files.letGo()
      fail(now.modelCid, error)
    }
    throw error
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
      if (state.get() === before) state.set({ phase: 'empty' })
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
    const entry = findChatEntry(catalogue, modelCid)
    for (;;) {
      const obstacle = findObstacle(modelCid, backend)
      if (!obstacle) break
      await unlessAborted(obstacle, signal, 'Preparing the model')
    }
    if (isReady(modelCid, backend)) return
    if (!loading && isHeldAgainst(modelCid)) throw busy()
    loading ??= begin(entry, backend)
    await loading.work.join(signal)
  }

  return {
    state,
    role,
    prepare,
    engine: {
      measurePrompt: (init) => engine.measurePrompt(init).catch(noteFailure),
      score: (inits, options) => engine.score(inits, options).catch(noteFailure),
      async *generate(init, options) {
        try {
          yield* generateReady(init, options)
        } catch (error) {
          noteFailure(error)
        }
      },
    },
    hold() {
      let held = true
      holders += 1
      const now = state.get()
      heldCid = now.phase === 'ready' ? now.modelCid : undefined
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
      files.letGo()
    },
  }
}

function isLoaded({ modelCid, result }: Ready, wantedCid: string, backend: BackendChoice): boolean {
  return modelCid === wantedCid && (backend === 'auto' || backend === result.engine.backend)
}
