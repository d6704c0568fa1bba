/**
 * The models of a site as a person meets them: one name, its variants, and those of this device.
 * @module
 */
import type { Manifest } from '@weft/protocol'
import type { CuratedModel, ModelEntry, Needs } from '@weft/sdk'
import type { Named } from './model-names.ts'

export type ShelfVariant = {
  dtype: string
  /** Chat, as long as no manifest says otherwise. */
  task: Manifest['task']
  /** Null while the site has no manifest of it, so that it cannot be loaded. */
  modelCid: string | null
  needs: Needs
  isApproximate: boolean
  liveNodes: number | null
  /** Tabs that give its files; null before that is known. */
  storingTabs: number | null
}

export type ShelfModel = {
  id: string
  name: string
  sentence: string
  licence: string
  parameters: number
  /** What Weft uses of it, which is what its memory is reckoned for. */
  contextTokens: number
  /** What its makers trained it for. */
  trainedTokens: number
  isImported: boolean
  /** The tab that its manifest came from; null where the site or this device knows it. */
  publisher: string | null
  variants: ShelfVariant[]
}

/**
 * `ready` has a variant that can be loaded; `published` are those that other tabs brought and nobody has
 * checked; `wanted` has none yet.
 */
export type Shelf = { ready: ShelfModel[]; published: ShelfModel[]; wanted: ShelfModel[] }

/** What a manifest takes of a longer context when it is made, unless it is told otherwise. */
const usualContextTokens = 4096

/** In the order of the site, then what was imported. */
export function shelve(curated: readonly CuratedModel[], list: readonly ModelEntry[]): Shelf {
  const entryOf = (modelCid: string | null) => list.find((entry) => entry.modelCid === modelCid)
  const named = curated.map((model): ShelfModel => {
    const variants = model.variants.map((variant) => {
      const entry = entryOf(variant.modelCid)
      const task = entry?.manifest.task ?? 'chat'
      const { liveNodes = null, storingTabs = null } = entry ?? {}
      return { ...variant, task, liveNodes, storingTabs }
    })
    const { variants: _, contextTokens: trainedTokens, ...words } = model
    // A manifest may set fewer than the makers of the model say.
    const contexts = variants.map(({ modelCid }) => entryOf(modelCid)?.manifest.contextTokens ?? 0)
    const contextTokens = Math.max(...contexts) || Math.min(trainedTokens, usualContextTokens)
    return { ...words, contextTokens, trainedTokens, isImported: false, publisher: null, variants }
  })
  const known = new Set(named.flatMap(({ variants }) => variants.map(({ modelCid }) => modelCid)))
  const others = list.filter(({ modelCid }) => !known.has(modelCid)).map(unnamed)
  const isReady = ({ variants }: ShelfModel) => variants.some(({ modelCid }) => modelCid !== null)
  return {
    ready: [...named.filter(isReady), ...others.filter(({ publisher }) => publisher === null)],
    published: others.filter(({ publisher }) => publisher !== null),
    wanted: named.filter((model) => !isReady(model)),
  }
}

/** Those that can be loaded, each with what a person knows it by. */
export function namesOf({ ready, published }: Shelf): Named[] {
  return [...ready, ...published].flatMap(({ name, variants }) =>
    variants.flatMap(({ dtype, modelCid }) => (modelCid ? [{ name, dtype, modelCid }] : [])),
  )
}

function unnamed(entry: ModelEntry): ShelfModel {
  const { modelCid, manifest, needs, isImported, publisher, liveNodes, storingTabs } = entry
  const { name, description, licence, parameters, contextTokens, dtype, task } = manifest
  return {
    // Two variants of one model may have been imported.
    id: modelCid,
    name,
    sentence: description,
    licence,
    parameters,
    contextTokens,
    trainedTokens: contextTokens,
    isImported,
    publisher,
    variants: [{ dtype, task, modelCid, needs, isApproximate: false, liveNodes, storingTabs }],
  }
}
