/**
 * The models that a site offers, with what the network knows of them.
 * @module
 */
import type { Network } from '@weft/network'
import { totalBytes } from '@weft/storage'
import type { CatalogueEntry } from './catalogue.ts'
import { createCell } from './cell.ts'
import type { ModelEntry, Models } from './tab.ts'
import type { TabEngine } from './tab-engine.ts'

export type ModelsInit = {
  catalogue: CatalogueEntry[]
  tabEngine: TabEngine
  network: Pick<Network, 'findOffers'>
}

export function createModels({ catalogue, tabEngine, network }: ModelsInit): Models {
  const list = createCell<ModelEntry[]>(
    catalogue.map(({ modelCid, manifest }) => ({
      modelCid,
      manifest,
      downloadBytes: totalBytes(manifest),
      liveNodes: null,
    })),
  )
  return {
    list,
    engine: tabEngine.state,
    prepare: tabEngine.prepare,
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
  }
}
