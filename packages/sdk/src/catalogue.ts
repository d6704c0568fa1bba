/**
 * The models that a site offers: `catalogue.json` names them, each that can be loaded with a manifest.
 * @module
 */
import { cpuMemoryBytes } from '@weft/engine'
import { type Manifest, manifestCid, manifestSchema, parse, WeftError } from '@weft/protocol'
import { totalBytes } from '@weft/storage'
import {
  type CatalogueFileModel,
  type CatalogueFileVariant,
  catalogueFileSchema,
} from './catalogue-file.ts'
import type { Needs } from './fits-device.ts'
import type { WaitOptions } from './tab.ts'

/** A model that can be loaded. */
export type CatalogueEntry = {
  modelCid: string
  manifest: Manifest
  /** Folders that hold its files, absolute, ending in `/`, asked in this order. */
  sources: string[]
  needs: Needs
}

/** One dtype of a curated model. */
export type CuratedVariant = {
  dtype: Manifest['dtype']
  /** Null until its manifest is made: `npm run manifest -- ID --dtype DTYPE --add`. */
  modelCid: string | null
  needs: Needs
  /** Whether the sizes in `needs` are reckoned rather than measured. */
  isApproximate: boolean
}

/** What the site says about a model, in all its variants. */
export type CuratedModel = Omit<CatalogueFileModel, 'variants'> & { variants: CuratedVariant[] }

export type Catalogue = {
  curated: CuratedModel[]
  /** Grows when a model is imported. */
  entries: CatalogueEntry[]
}

type ReadyVariant = Exclude<CatalogueFileVariant, { manifest: null }>

/** @throws WeftError `sdk/catalogue` when the site's list or a manifest cannot be read */
export async function fetchCatalogue(
  modelsUrl: string,
  { signal }: WaitOptions = {},
): Promise<Catalogue> {
  const base = new URL(modelsUrl, globalThis.location?.href)
  const json = await fetchJson(new URL('catalogue.json', base), signal)
  const { models } = parse('model list', catalogueFileSchema, json)
  const entries: CatalogueEntry[] = []
  const curate = async (
    variant: CatalogueFileVariant,
    { parameters }: CatalogueFileModel,
  ): Promise<CuratedVariant> => {
    const { dtype } = variant
    if (variant.manifest === null) {
      const { approximate } = variant
      const { memoryBytes } = approximate
      const cpu = { cpuMemoryBytes: cpuMemoryBytes({ parameters, memoryBytes }) }
      const needs = { ...approximate, ...cpu, ...asked(variant) }
      return { dtype, modelCid: null, needs, isApproximate: true }
    }
    const entry = await fetchEntry(variant, base, signal)
    entries.push(entry)
    return { dtype, modelCid: entry.modelCid, needs: entry.needs, isApproximate: false }
  }
  const curated = await Promise.all(
    models.map(async (model) => ({
      ...model,
      variants: await Promise.all(model.variants.map((variant) => curate(variant, model))),
    })),
  )
  const order = curated.flatMap(({ variants }) => variants.map(({ modelCid }) => modelCid))
  entries.sort((a, b) => order.indexOf(a.modelCid) - order.indexOf(b.modelCid))
  return { curated, entries }
}

async function fetchEntry(
  variant: ReadyVariant,
  base: URL,
  signal: AbortSignal | undefined,
): Promise<CatalogueEntry> {
  const json = await fetchJson(new URL(variant.manifest, base), signal)
  const manifest = parse(`manifest ${variant.manifest}`, manifestSchema, json)
  const sources = variant.sources.map((source) => new URL(source, base).href)
  const modelCid = manifestCid(manifest)
  return { modelCid, manifest, sources, needs: { ...manifestNeeds(manifest), ...asked(variant) } }
}

/** A model that came from files of this device and is on no site. */
export function importedEntry(manifest: Manifest): CatalogueEntry {
  const modelCid = manifestCid(manifest)
  return { modelCid, manifest, sources: [], needs: manifestNeeds(manifest) }
}

const asked = ({ backends, features, tensorBytes }: CatalogueFileVariant) => ({
  backends,
  features,
  tensorBytes,
})

/** What a manifest alone tells. */
function manifestNeeds(manifest: Manifest): Needs {
  const isHalf = manifest.dtype === 'fp16' || manifest.dtype === 'q4f16'
  return {
    backends: isHalf ? ['webgpu'] : ['webgpu', 'wasm'],
    features: isHalf ? ['shader-f16'] : [],
    tensorBytes: null,
    downloadBytes: totalBytes(manifest),
    memoryBytes: manifest.memoryBytes,
    cpuMemoryBytes: cpuMemoryBytes(manifest),
    largestFileBytes: Math.max(...manifest.files.map(({ sizeBytes }) => sizeBytes)),
  }
}

async function fetchJson(url: URL, signal: AbortSignal | undefined): Promise<unknown> {
  try {
    const response = await fetch(url, signal ? { signal } : {})
    if (!response.ok) throw new Error(`${response.status} ${response.statusText}`)
    return await response.json()
  } catch (cause) {
    throw WeftError.from(cause, 'sdk/catalogue', `The model list at ${url.href} cannot be read.`)
  }
}

/** @throws WeftError `sdk/unknown-model` */
export function findEntry(catalogue: readonly CatalogueEntry[], modelCid: string): CatalogueEntry {
  const entry = catalogue.find((candidate) => candidate.modelCid === modelCid)
  if (entry) return entry
  throw new WeftError('sdk/unknown-model', 'This site does not know that model.', {
    facts: [`Model: ${modelCid}`],
  })
}
