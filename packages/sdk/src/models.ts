/**
 * The models of a tab: what can be loaded, what the network knows of it, what this browser keeps.
 * @module
 */
import type { Network } from '@weft/network'
import { type CachedModel, type ModelStore, type StorageSpace, totalBytes } from '@weft/storage'
import { type Catalogue, type CatalogueEntry, importedEntry } from './catalogue.ts'
import { createCell } from './cell.ts'
import type { ModelEntry, Models } from './tab.ts'
import type { TabEngine } from './tab-engine.ts'

export type ModelsInit = {
  catalogue: Catalogue
  tabEngine: TabEngine
  network: Pick<Network, 'findOffers'>
  store: ModelStore
}

/** How long a page waits for what the browser tells of earlier visits; it may come later as well. */
const firstLookMs = 2_000

/** `list` has from the beginning what was imported on an earlier visit. */
export async function createModels(init: ModelsInit): Promise<Models> {
  const { catalogue, tabEngine, network, store } = init
  const { curated, problems, entries } = catalogue
  const list = createCell<ModelEntry[]>(entries.map(toModelEntry))
  const cached = createCell<CachedModel[]>([])
  const storage = createCell<StorageSpace | null>(null)

  async function refreshStorage(): Promise<void> {
    const [models, space] = await Promise.all([store.list(), store.space()])
    adoptImports(models)
    cached.set(models)
    storage.set(space)
  }

  /** Offers what was imported, now or on an earlier visit, as long as it is here and whole. */
  function adoptImports(models: readonly CachedModel[]): void {
    const ours = models.filter(({ isImported, cachedBytes, totalBytes: total }) => {
      return isImported && cachedBytes === total
    })
    const isOffered = ({ modelCid, sources }: CatalogueEntry) =>
      sources.length > 0 || ours.some((model) => model.modelCid === modelCid)
    const kept = entries.filter(isOffered)
    const added = ours
      .filter(({ modelCid }) => kept.every((entry) => entry.modelCid !== modelCid))
      .map(({ manifest }) => importedEntry(manifest))
    if (added.length === 0 && kept.length === entries.length) return
    entries.splice(0, entries.length, ...kept, ...added)
    const before = new Map(list.get().map((entry) => [entry.modelCid, entry]))
    list.set(entries.map((entry) => before.get(entry.modelCid) ?? toModelEntry(entry)))
  }

  /** What is kept changes with every load; where the browser does not tell, the cells stay. */
  const follow = () => refreshStorage().catch(() => {})
  let phase = tabEngine.state.get().phase
  tabEngine.state.subscribe(() => {
    const now = tabEngine.state.get().phase
    if (now !== phase && now !== 'loading') void follow()
    phase = now
  })
  await Promise.race([follow(), new Promise((resolve) => setTimeout(resolve, firstLookMs))])

  return {
    list,
    engine: tabEngine.state,
    engineRole: tabEngine.role,
    prepare: tabEngine.prepare,
    curated,
    problems,
    cached,
    storage,
    refreshStorage,
    async remove(modelCid) {
      await store.remove(modelCid)
      await refreshStorage()
    },
    async import(files, options) {
      const known = entries.map(({ manifest }) => manifest)
      try {
        return await store.import({ files, known }, options)
      } finally {
        await refreshStorage()
      }
    },
    async requestPersistence() {
      const isPersisted = await store.requestPersistence()
      await refreshStorage()
      return isPersisted
    },
    async refreshLiveNodes(options = {}) {
      const offers = await network
        .findOffers({ role: 'models', modelCid: null }, options)
        .catch(() => undefined)
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

function toModelEntry({ modelCid, manifest, sources, needs }: CatalogueEntry): ModelEntry {
  return {
    modelCid,
    manifest,
    downloadBytes: totalBytes(manifest),
    needs,
    isImported: sources.length === 0,
    liveNodes: null,
  }
}
