/**
 * A tab's engine and models over real weights from a server laid out like a hub; the engine can be
 * told to break.
 * @module
 */
import 'fake-indexeddb/auto'
import type { Engine, LoadInit, SharedEngine } from '@weft/engine'
import { createLocalEngine, nodeRuntime } from '@weft/engine/local'
import { manifestCid, type WeftError } from '@weft/protocol'
import { createModelStore, openDatabase } from '@weft/storage'
import { createMemoryChunks, openHubServer } from '@weft/storage/testing'
import * as ort from 'onnxruntime-node'
import { type Catalogue, importedEntry } from '../catalogue.ts'
import { createModels } from '../models.ts'
import { createTabEngine } from '../tab-engine.ts'
import { readFiles, readManifest } from './road-stage.ts'

/** A browser that tells nothing of its storage. */
const storage = {
  estimate: async () => ({}),
  persist: async () => false,
  persisted: async () => false,
}

export async function openEngineStage() {
  const manifest = await readManifest()
  const files = await readFiles(manifest)
  const hub = await openHubServer({ id: manifest.id, sha: '1'.repeat(40), files })
  const database = await openDatabase(`stage-${crypto.randomUUID()}`)
  const { locks } = navigator
  const store = createModelStore({ chunks: createMemoryChunks(), database, locks, storage })
  const entries = [manifest, { ...manifest, name: 'Twin' }].map((each) => ({
    ...importedEntry(each),
    sources: [hub.source],
  }))
  const catalogue: Catalogue = { curated: [], entries }
  let breakage: WeftError | undefined
  let openFiles: LoadInit['openFiles'] | undefined
  const real = createLocalEngine({ openRuntime: async () => nodeRuntime(ort) })
  const engine: Engine = {
    ...real,
    load(init, options) {
      openFiles = init.openFiles
      return real.load(init, options)
    },
    async *generate(init, options) {
      const error = breakage
      breakage = undefined
      if (error) throw error
      yield* real.generate(init, options)
    },
  }
  const openEngine = (): SharedEngine => ({
    ...engine,
    role: () => 'leader',
    hold: () => () => {},
  })
  const tabEngine = createTabEngine({ catalogue: entries, store, openEngine })
  return {
    manifest,
    files,
    hub,
    catalogue: entries,
    cids: entries.map((entry) => manifestCid(entry.manifest)),
    tabEngine,
    models: createModels({
      catalogue,
      tabEngine,
      network: { findOffers: async () => [] },
      store,
    }),
    /** What the next generate throws, as a lost device would. */
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
