/**
 * Models that other tabs give and that this site does not know: their manifests, fetched from those tabs.
 * A directory can be made to name any number of models, so what is fetched and held has bounds.
 * @module
 */
import { decodeManifest, type Manifest, manifestCid, type Registration } from '@weft/protocol'
import { type FindTabsInit, findStoring } from './find-tabs.ts'

export type PublishedModel = {
  modelCid: string
  manifest: Manifest
  /** The tab that gave the manifest. */
  publisher: string
}

export type PublishedModels = {
  /**
   * Asks the directory and fetches manifests that are new.
   * @param isKnown - whether the site or this browser has the manifest already
   * @returns those whose manifest is here and that some tab gives now, and how many tabs give each model
   */
  look(isKnown: (modelCid: string) => boolean, signal?: AbortSignal): Promise<Look>
}

type Look = { models: PublishedModel[]; storing: ReadonlyMap<string, number> }

/** Manifests fetched in one look, held at all, and taken from one tab: each may have a megabyte. */
const maxNew = 4
const maxHeld = 32
const maxPerTab = 8
/** Where one could not be fetched it is not tried again for so long. */
const retryMs = 5 * 60_000
/** Of what failed; names are free. */
const maxFailures = 1_000
const fetchMs = 10_000

export function createPublishedModels(init: FindTabsInit): PublishedModels {
  const held = new Map<string, PublishedModel>()
  /** By model and tab: one that names what it has not keeps nobody from those that have it. */
  const failedAtMs = new Map<string, number>()

  function mayTry(modelCid: string, peerId: string): boolean {
    const failed = failedAtMs.get(`${modelCid} ${peerId}`)
    if (failed !== undefined && Date.now() - failed < retryMs) return false
    const fromTab = [...held.values()].filter(({ publisher }) => publisher === peerId)
    return fromTab.length < maxPerTab
  }

  async function bring(modelCid: string, from: Registration, signal: AbortSignal): Promise<void> {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(fetchMs)])
    try {
      const manifest = await fetchManifest(init, { modelCid, from }, limit)
      held.set(modelCid, { modelCid, manifest, publisher: from.peerId })
    } catch {
      if (signal.aborted) return
      failedAtMs.set(`${modelCid} ${from.peerId}`, Date.now())
      for (const oldest of failedAtMs.keys()) {
        if (failedAtMs.size <= maxFailures) break
        failedAtMs.delete(oldest)
      }
    }
  }

  return {
    async look(isKnown, signal = new AbortController().signal) {
      const tabs = await findStoring(init, null, signal)
      const storing = new Map<string, number>()
      for (const modelCid of tabs.flatMap(({ stores }) => stores)) {
        storing.set(modelCid, (storing.get(modelCid) ?? 0) + 1)
      }
      for (const modelCid of held.keys()) {
        if (!storing.has(modelCid) || isKnown(modelCid)) held.delete(modelCid)
      }
      const fresh = new Map<string, Registration>()
      for (const from of tabs) {
        for (const modelCid of from.stores) {
          const isFull = fresh.size >= maxNew || held.size + fresh.size >= maxHeld
          const isNew = !held.has(modelCid) && !fresh.has(modelCid) && !isKnown(modelCid)
          if (!isFull && isNew && mayTry(modelCid, from.peerId)) fresh.set(modelCid, from)
        }
      }
      // Of one tab one after the other: it takes few lines from each.
      const byTab = Map.groupBy(fresh, ([, { peerId }]) => peerId)
      const works = [...byTab.values()].map(async (models) => {
        for (const [modelCid, from] of models) await bring(modelCid, from, signal)
      })
      await Promise.all(works)
      return { models: [...held.values()], storing }
    },
  }
}

type FetchManifestInit = { modelCid: string; from: Registration }

/** @throws WeftError; a manifest that is not the one costs its sender */
async function fetchManifest(
  { network, memory }: FindTabsInit,
  { modelCid, from }: FetchManifestInit,
  signal: AbortSignal,
): Promise<Manifest> {
  const line = await network.openChunks(from, { signal })
  try {
    const bytes = await line.manifest(modelCid, { signal })
    try {
      const manifest = decodeManifest(bytes)
      if (manifestCid(manifest) === modelCid) return manifest
      throw new Error('The manifest has another CID.')
    } catch (error) {
      memory.lied(from.peerId)
      line.accuse('The manifest is not the one of its CID.')
      throw error
    }
  } finally {
    line.close()
  }
}
