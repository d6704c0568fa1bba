/**
 * The models of a site as a person meets them: one name, its variants, and those of this device.
 * @module
 */
import type { CuratedModel, ModelEntry, Needs } from '@weft/sdk'

export type ShelfVariant = {
  dtype: string
  /** Null while the site has no manifest of it, so that it cannot be loaded. */
  modelCid: string | null
  needs: Needs
  isApproximate: boolean
  liveNodes: number | null
}

export type ShelfModel = {
  id: string
  name: string
  sentence: string
  licence: string
  parameters: number
  contextTokens: number
  isImported: boolean
  variants: ShelfVariant[]
}

/** `ready` has a variant that can be loaded; `wanted` has none yet. */
export type Shelf = { ready: ShelfModel[]; wanted: ShelfModel[] }

/** In the order of the site, then what was imported. */
export function shelve(curated: readonly CuratedModel[], list: readonly ModelEntry[]): Shelf {
  const entryOf = (modelCid: string | null) => list.find((entry) => entry.modelCid === modelCid)
  const named = curated.map((model): ShelfModel => {
    const variants = model.variants.map((variant) => {
      const entry = entryOf(variant.modelCid)
      return { ...variant, liveNodes: entry?.liveNodes ?? null }
    })
    const { id, name, sentence, licence, parameters } = model
    // A manifest may set fewer than the makers of the model say.
    const contexts = variants.map(({ modelCid }) => entryOf(modelCid)?.manifest.contextTokens ?? 0)
    const contextTokens = Math.max(...contexts) || model.contextTokens
    return { id, name, sentence, licence, parameters, contextTokens, isImported: false, variants }
  })
  const known = new Set(named.flatMap(({ variants }) => variants.map(({ modelCid }) => modelCid)))
  const others = list.filter(({ modelCid }) => !known.has(modelCid)).map(unnamed)
  const isReady = ({ variants }: ShelfModel) => variants.some(({ modelCid }) => modelCid !== null)
  return {
    ready: [...named.filter(isReady), ...others],
    wanted: named.filter((model) => !isReady(model)),
  }
}

function unnamed({ modelCid, manifest, needs, isImported, liveNodes }: ModelEntry): ShelfModel {
  const { name, description, licence, parameters, contextTokens, dtype } = manifest
  return {
    // Two variants of one model may have been imported.
    id: modelCid,
    name,
    sentence: description,
    licence,
    parameters,
    contextTokens,
    isImported,
    variants: [{ dtype, modelCid, needs, isApproximate: false, liveNodes }],
  }
}
