/**
 * A tab's engine and models over real weights from a server laid out like a hub; the engine can be
 * told to break.
 * @module
 */
import 'fake-indexeddb/auto'
import {
  createResilientEngine,
  type Engine,
  type LoadInit,
  type LoadResult,
  type ResilientEngineInit,
  type SharedEngine,
} from '@weft/engine'
import { createLocalEngine, nodeRuntime } from '@weft/engine/local'
import { type ChatManifest, manifestCid, type WeftError } from '@weft/protocol'
import { createBrowserStores, createModelStore, openDatabase } from '@weft/storage'
import { createMemoryChunks, openHubServer } from '@weft/storage/testing'
import * as ort from 'onnxruntime-node'
import { type Catalogue, entryOfNoSite } from '../catalogue.ts'
import { createModels } from '../models.ts'
import { createTabEngine } from '../tab-engine.ts'
import { readFiles, readManifest } from './road-stage.ts'

/** A browser that tells nothing of its storage. */
const storage = {
  estimate: async () => ({}),
  persist: async () => false,
  persisted: async () => false,
}

/** No other tab. */
async function* nobody(): AsyncGenerator<never> {}

export type EngineStageInit = {
  /** Whether an engine that broke is made anew, as in a tab; else each failure shows. */
  isResilient?: boolean
  /** What a load answers, or throws; `times` counts from 1. */
  onLoad?: (result: LoadResult, times: number) => LoadResult | Promise<LoadResult>
}

export async function openEngineStage({
  isResilient = false,
  onLoad = (result) => result,
}: EngineStageInit = {}) {
  const manifest = await readManifest()
  const files = await readFiles(manifest)
  const hub = await openHubServer({ id: manifest.id, sha: '1'.repeat(40), files })
  const stores = createBrowserStores(await openDatabase(`stage-${crypto.randomUUID()}`))
  const { locks } = navigator
  const store = createModelStore({ chunks: createMemoryChunks(), stores, locks, storage })
  const fromSite = [manifest, { ...manifest, name: 'Twin' }].map((each) => ({
    ...entryOfNoSite(each),
    sources: [hub.source],
  }))
  const entries = [...fromSite]
  const catalogue: Catalogue = { curated: [], problems: [], entries }
  let breakage: WeftError | undefined
  let openFiles: LoadInit['openFiles'] | undefined
  let loads = 0
  const breakIfAsked = () => {
    const error = breakage
    breakage = undefined
    if (error) throw error
  }
  function createEngine(): Engine {
    const real = createLocalEngine({ openRuntime: async () => nodeRuntime(ort, { threads: 1 }) })
    return {
      ...real,
      async load(init, options) {
        openFiles = init.openFiles
        loads += 1
        const times = loads
        return onLoad(await real.load(init, options), times)
      },
      async measure(options) {
        breakIfAsked()
        return real.measure(options)
      },
      async *generate(init, options) {
        breakIfAsked()
        for await (const part of real.generate(init, options)) {
          breakIfAsked()
          yield part
        }
      },
    }
  }
  const openEngine = (events: Pick<ResilientEngineInit, 'onRestart'>): SharedEngine => ({
    ...(isResilient ? createResilientEngine({ createEngine, ...events }) : createEngine()),
    role: () => 'leader',
    hold: () => () => {},
  })
  const tabEngine = createTabEngine({
    catalogue: entries,
    store,
    findTabs: () => nobody,
    openEngine,
  })
  const network = { findOffers: async () => [] }
  const published = { look: async () => ({ models: [], storing: new Map() }) }
  const storing = { unshare: async () => {}, refresh: async () => {} }
  const openModels = (of: Catalogue) =>
    createModels({ catalogue: of, tabEngine, network, published, storing, store })
  return {
    manifest,
    files,
    hub,
    catalogue: entries,
    cids: entries.map((entry) => manifestCid(entry.manifest)),
    tabEngine,
    models: await openModels(catalogue),
    /** The models of another visit to the site. */
    openModelsAgain: () => openModels({ ...catalogue, entries: fromSite }),
    loads: () => loads,
    /** Puts a model on the site that makes vectors. @returns its CID */
    addEmbeddingModel(): string {
      const knownAnswer = { text: 'A fox.', components: Array(8).fill(0), toleranceAbs: 0.001 }
      const { thresholds: _, ...files } = manifest as ChatManifest
      const entry = entryOfNoSite({ ...files, task: 'embedding', knownAnswer })
      entries.push({ ...entry, sources: [hub.source] })
      return entry.modelCid
    },
    /** What the answer under way, the next one or the next measurement throws, as a lost device would. */
    breakNext(error: WeftError) {
      breakage = error
    },
    /** What an engine that restarts asks for. */
    openFilesAgain: async () => openFiles?.({}),
    async close() {
      await tabEngine.close()
      await hub.close()
    },
  }
}
