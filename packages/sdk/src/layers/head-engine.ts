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
import { type Cell, createCell } from '../cell.ts'
import type { Pause } from '../pausing/pause-policy.ts'
import { createTabEngine, type TabEngine } from '../tab-engine.ts'
import { findLayers, type LayersSearch } from './find-layers.ts'
import { rangeOf } from './range-of.ts'

export type HeadEngineInit = {
  catalogue: readonly CatalogueEntry[]
  store: Pick<ModelStore, 'open' | 'hold'>
  network: Network
  /** Tabs that give the files of a part, asked beside its sources. */
  findTabs: (partCid: string) => FindTabs
}

export type HeadEngine = TabEngine & {
  /** Not null while no tab computes a part of what is loaded. */
  readonly obstacle: Cell<Pause | null>
}

export function createHeadEngine({ catalogue, store, ...init }: HeadEngineInit): HeadEngine {
  const obstacle = createCell<Pause | null>(null)
  let search: LayersSearch | undefined
  const firstPart = (modelCid: string): PartEntry => findPart(findEntry(catalogue, modelCid), 0)
  const splitOf = (modelCid: string): SplitInit => {
    const { manifest } = firstPart(modelCid)
    const { opening, closing } = partPaths
    const parts = manifest.parts - 1
    const { width } = manifest
    const found = findLayers({ network: init.network, modelCid, parts, width })
    const tell = () => {
      const [part] = found.missing.get()
      const entry = part ? findPart(findEntry(catalogue, modelCid), part) : null
      if (search === found) obstacle.set(entry && partMissing(entry))
    }
    search = found
    found.missing.subscribe(tell)
    tell()
    return { opening, closing, parts, width, connect: found.connect }
  }
  const tabEngine = createTabEngine({
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
        hold: () => search?.watch() ?? (() => {}),
      }
    },
  })
  return { ...tabEngine, obstacle }
}

function partMissing(entry: PartEntry): Pause {
  const sentence = `Paused: no other tab computes ${rangeOf(entry)} now. It goes on when one does.`
  return { reason: 'parts', sentence, untilMs: null }
}
