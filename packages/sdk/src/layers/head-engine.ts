/**
 * An engine for models of which other tabs compute layers. It downloads the first part, keeps it in a
 * worker of its own, and is to a serving node what the engine of a whole model is.
 * @module
 */
import { createResilientEngine, createWorkerEngine, partPaths, type SplitInit } from '@weft/engine'
import type { Network } from '@weft/network'
import { manifestCid } from '@weft/protocol'
import type { FindTabs, ModelStore } from '@weft/storage'
import { type CatalogueEntry, findEntry, findPart, type PartEntry } from '../catalogue.ts'
import { createTabEngine, type TabEngine } from '../tab-engine.ts'
import { findLayers } from './find-layers.ts'

export type HeadEngineInit = {
  catalogue: readonly CatalogueEntry[]
  store: Pick<ModelStore, 'open' | 'hold'>
  network: Network
  /** Tabs that give the files of a part, asked beside its sources. */
  findTabs: (partCid: string) => FindTabs
}

export function createHeadEngine({ catalogue, store, ...init }: HeadEngineInit): TabEngine {
  const firstPart = (modelCid: string): PartEntry => findPart(findEntry(catalogue, modelCid), 0)
  const splitOf = (modelCid: string): SplitInit => {
    const { parts, width } = firstPart(modelCid).manifest
    const { opening, closing } = partPaths
    const connect = findLayers({ network: init.network, modelCid, width })
    return { opening, closing, parts: parts - 1, width, connect }
  }
  return createTabEngine({
    catalogue,
    findTabs: (modelCid) => init.findTabs(firstPart(modelCid).modelCid),
    store: {
      open({ manifest, ...rest }, options) {
        const first = firstPart(manifestCid(manifest))
        return store.open({ ...rest, manifest: first.manifest, sources: first.sources }, options)
      },
      hold: (modelCid) => store.hold(firstPart(modelCid).modelCid),
    },
    openEngine({ onRestart }) {
      const createEngine = () => createWorkerEngine()
      const engine = createResilientEngine({ createEngine, ...(onRestart ? { onRestart } : {}) })
      return {
        ...engine,
        load: (init, options) =>
          engine.load({ ...init, split: splitOf(manifestCid(init.manifest)) }, options),
        // Nobody shares it.
        role: () => 'leader',
        hold: () => () => {},
      }
    },
  })
}
