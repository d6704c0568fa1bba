/**
 * The models of a tab: what can be loaded, what the network knows of it, what this browser keeps.
 * @module
 */
import type { Network } from '@weft/network'
import { addressFromPeerId, isFree, type Offer } from '@weft/protocol'
import { type CachedModel, type ModelStore, type StorageSpace, totalBytes } from '@weft/storage'
import { type Catalogue, type CatalogueEntry, entryOfNoSite } from './catalogue.ts'
import { createCell } from './cell.ts'
import type { PublishedModel, PublishedModels } from './published-models.ts'
import type { StoringRole } from './storing.ts'
import type { ModelEntry, Models } from './tab.ts'
import type { TabEngine } from './tab-engine.ts'

export type ModelsInit = {
  catalogue: Catalogue
  tabEngine: TabEngine
  network: Pick<Network, 'findOffers'>
  published: PublishedModels
  /** A model that is deleted is shared no longer; one that is whole again is. */
  storing: Pick<StoringRole, 'unshare' | 'refresh'>
  store: ModelStore
}

/** How long a page waits for what the browser tells of earlier visits; it may come later as well. */
const firstLookMs = 2_000

/** `list` has from the beginning what was imported on an earlier visit. */
export async function createModels(init: ModelsInit): Promise<Models> {
  const { catalogue, tabEngine, network, published, storing, store } = init
  const { curated, problems, entries } = catalogue
  const list = createCell<ModelEntry[]>(entries.map(toModelEntry))
  const cached = createCell<CachedModel[]>([])
  const storage = createCell<StorageSpace | null>(null)
  let keptHere: readonly CachedModel[] = []
  let fromTabs: readonly PublishedModel[] = []

  async function refreshStorage(): Promise<void> {
    const [models, space] = await Promise.all([store.list(), store.space()])
    keptHere = models
    adopt()
    noteChosen()
    cached.set(models)
    storage.set(space)
    void storing.refresh()
  }

  /**
   * Offers what is on no site: what was imported or came from tabs, as long as it is here and whole, and
   * what other tabs give now.
   */
  function adopt(): void {
    const ours = keptHere
      .filter(({ isImported, publisher }) => isImported || publisher !== null)
      .filter(isWhole)
    const offered = new Map([...fromTabs, ...ours].map((model) => [model.modelCid, model]))
    const engine = tabEngine.state.get()
    const kept = entries.filter(({ modelCid, sources, publisher }) => {
      const isLoading = publisher !== null && 'modelCid' in engine && engine.modelCid === modelCid
      return sources.length > 0 || offered.has(modelCid) || isLoading
    })
    const added = [...offered.values()]
      .filter(({ modelCid }) => kept.every((entry) => entry.modelCid !== modelCid))
      .map(({ manifest, publisher }) => entryOfNoSite(manifest, publisher))
    if (added.length === 0 && kept.length === entries.length) return
    entries.splice(0, entries.length, ...kept, ...added)
    const before = new Map(list.get().map((entry) => [entry.modelCid, entry]))
    list.set(entries.map((entry) => before.get(entry.modelCid) ?? toModelEntry(entry)))
  }

  function noteChosen(): void {
    const isStale = ({ modelCid, isChosen }: ModelEntry) => isOwn(modelCid) !== isChosen
    if (!list.get().some(isStale)) return
    list.set(list.get().map((entry) => ({ ...entry, isChosen: isOwn(entry.modelCid) })))
  }

  /** Whether nothing of it has to be asked of a tab before it can be offered. */
  function isOwn(modelCid: string): boolean {
    const entry = entries.find((each) => each.modelCid === modelCid)
    if (!entry) return false
    const isKept = keptHere.some((model) => model.modelCid === modelCid && isWhole(model))
    return entry.publisher === null || isKept
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
      await storing.unshare(modelCid)
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
      const [offers, look] = await Promise.all([
        network.findOffers({ role: 'models', modelCid: null }, options).catch(() => undefined),
        published.look(isOwn, options.signal).catch(() => undefined),
      ])
      if (look) {
        fromTabs = look.models
        adopt()
        noteChosen()
      }
      list.set(
        list.get().map((entry) => ({
          ...entry,
          ...(offers && servedBy(offers, entry)),
          storingTabs: look ? (look.storing.get(entry.modelCid) ?? 0) : entry.storingTabs,
        })),
      )
    },
  }
}

function servedBy(
  offers: readonly Offer[],
  { modelCid }: ModelEntry,
): Pick<ModelEntry, 'liveNodes' | 'prices' | 'payees'> {
  const serving = offers.flatMap(({ registration: { peerId, models } }) => {
    const offer = models.find((model) => model.modelCid === modelCid)
    return offer ? [{ peerId, price: offer.price }] : []
  })
  const paid = serving.filter(({ price }) => !isFree(price))
  return {
    liveNodes: serving.length,
    prices: serving.map(({ price }) => price),
    payees: paid.map(({ peerId }) => addressFromPeerId(peerId)),
  }
}

const isWhole = ({ cachedBytes, totalBytes: all }: CachedModel): boolean => cachedBytes === all

export function toModelEntry(entry: CatalogueEntry): ModelEntry {
  const { modelCid, manifest, sources, needs, publisher, parts } = entry
  return {
    modelCid,
    manifest,
    downloadBytes: totalBytes(manifest),
    needs,
    parts: parts.map((part) => part.manifest),
    isImported: sources.length === 0 && publisher === null,
    publisher,
    isChosen: publisher === null,
    liveNodes: null,
    prices: [],
    payees: [],
    storingTabs: null,
  }
}
