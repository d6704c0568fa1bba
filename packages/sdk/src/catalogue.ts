/**
 * The models that a site offers: `catalogue.json` names them, each that can be loaded with a manifest.
 * @module
 */
import { cpuMemoryBytes } from '@weft/engine'
import {
  type LayersManifest,
  type Manifest,
  manifestCid,
  manifestSchema,
  parse,
  WeftError,
  type WeftErrorData,
} from '@weft/protocol'
import { totalBytes } from '@weft/storage'
import type { z } from 'zod'
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
  /** The tab that its manifest came from; null for those of the site or of this device. */
  publisher: string | null
  /** What tabs may share it in, the first first; empty where it is offered whole alone. */
  parts: PartEntry[]
}

/** One part of a model. */
export type PartEntry = {
  /** Of the part. */
  modelCid: string
  manifest: LayersManifest
  sources: string[]
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

/** A variant of the site's list that cannot be loaded because its manifest cannot be read. */
export type CatalogueProblem = {
  /** Of the model, as in `CuratedModel`. */
  id: string
  name: string
  dtype: Manifest['dtype']
  /** `sdk/catalogue`: says which address failed. */
  error: WeftErrorData
}

export type Catalogue = {
  /** Without the variants in `problems`, and without models that have no others. */
  curated: CuratedModel[]
  problems: CatalogueProblem[]
  /** Grows when a model is imported. */
  entries: CatalogueEntry[]
}

export type FetchCatalogueOptions = WaitOptions & {
  /** How long one file of the list may take, default 10 s. */
  deadlineMs?: number
}

type ReadyVariant = Exclude<CatalogueFileVariant, { manifest: null }>

/** @throws WeftError `sdk/catalogue` when the site's list cannot be read; a manifest is a problem */
export async function fetchCatalogue(
  modelsUrl: string,
  { signal, deadlineMs = 10_000 }: FetchCatalogueOptions = {},
): Promise<Catalogue> {
  const limit = () =>
    AbortSignal.any([AbortSignal.timeout(deadlineMs), ...(signal ? [signal] : [])])
  const base = new URL(modelsUrl, globalThis.location?.href)
  const { models } = await fetchJson(
    new URL('catalogue.json', base),
    { subject: 'model list', schema: catalogueFileSchema },
    limit(),
  )
  const entries: CatalogueEntry[] = []
  const problems: CatalogueProblem[] = []
  const curate = async (
    variant: CatalogueFileVariant,
    { id, name, parameters }: CatalogueFileModel,
  ): Promise<CuratedVariant | null> => {
    const { dtype } = variant
    if (variant.manifest === null) {
      const { approximate } = variant
      const { memoryBytes } = approximate
      const cpu = { cpuMemoryBytes: cpuMemoryBytes({ parameters, memoryBytes }) }
      const needs = { ...approximate, ...cpu, ...asked(variant) }
      return { dtype, modelCid: null, needs, isApproximate: true }
    }
    const entry = await fetchEntry(variant, base, limit()).catch((error) => {
      if (signal?.aborted) throw error
      problems.push({ id, name, dtype, error: error.toJSON() })
    })
    if (!entry) return null
    entries.push(entry)
    return { dtype, modelCid: entry.modelCid, needs: entry.needs, isApproximate: false }
  }
  const named = await Promise.all(
    models.map(async (model) => {
      const variants = await Promise.all(model.variants.map((variant) => curate(variant, model)))
      return { ...model, variants: variants.filter((variant) => variant !== null) }
    }),
  )
  const curated = named.filter(({ variants }) => variants.length > 0)
  const order = curated.flatMap(({ variants }) => variants.map(({ modelCid }) => modelCid))
  entries.sort((a, b) => order.indexOf(a.modelCid) - order.indexOf(b.modelCid))
  return { curated, problems, entries }
}

async function fetchEntry(
  variant: ReadyVariant,
  base: URL,
  signal: AbortSignal,
): Promise<CatalogueEntry> {
  const manifests = [variant.manifest, ...(variant.parts ?? [])].map((path) =>
    fetchJson(new URL(path, base), { subject: 'manifest', schema: manifestSchema }, signal),
  )
  // A part that cannot be read takes nothing from the whole.
  const [whole, ...others] = await Promise.allSettled(manifests)
  if (whole?.status !== 'fulfilled') throw whole?.reason
  const manifest = whole.value
  const sources = variant.sources.map((source) => new URL(source, base).href)
  const modelCid = manifestCid(manifest)
  const parts = others.flatMap((part, index) => {
    if (part.status !== 'fulfilled' || part.value.task !== 'layers') return []
    const folder = new URL('./', new URL(variant.parts?.[index] ?? '', base)).href
    return [{ modelCid: manifestCid(part.value), manifest: part.value, sources: [folder] }]
  })
  const isWhole = parts.every(
    ({ manifest: part }, index) =>
      part.modelCid === modelCid && part.part === index && part.parts === parts.length,
  )
  return {
    modelCid,
    manifest,
    sources,
    needs: { ...manifestNeeds(manifest), ...asked(variant) },
    publisher: null,
    parts: isWhole ? parts : [],
  }
}

/**
 * A model that is on no site.
 * @param publisher - the tab that its manifest came from; null for files of this device
 */
export function entryOfNoSite(manifest: Manifest, publisher: string | null = null): CatalogueEntry {
  const modelCid = manifestCid(manifest)
  const needs = manifestNeeds(manifest)
  return { modelCid, manifest, sources: [], needs, publisher, parts: [] }
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

/** @throws WeftError `sdk/catalogue`, whatever stands against it */
async function fetchJson<Schema extends z.ZodType>(
  url: URL,
  { subject, schema }: { subject: string; schema: Schema },
  signal: AbortSignal,
): Promise<z.output<Schema>> {
  try {
    const response = await fetch(url, { signal })
    if (!response.ok) throw new Error(`${response.status} ${response.statusText}`)
    return parse(subject, schema, await response.json())
  } catch (cause) {
    const { message, facts } = WeftError.from(cause, 'sdk/fetch', 'It did not come.')
    throw new WeftError('sdk/catalogue', `The ${subject} at ${url.href} cannot be read.`, {
      facts: [message, ...facts],
      cause,
    })
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

/** @throws WeftError `sdk/no-parts` where the model is not offered in parts, or not in so many */
export function findPart({ manifest, parts }: CatalogueEntry, part: number): PartEntry {
  const found = parts[part]
  if (found) return found
  throw new WeftError('sdk/no-parts', 'This site does not offer this part of the model.', {
    facts: [`Model: ${manifest.name}`, `Part: ${part}, of ${parts.length}`],
  })
}

/** @throws WeftError `sdk/unknown-model`; `sdk/wrong-task` for one that does not answer */
export function findChatEntry(
  catalogue: readonly CatalogueEntry[],
  modelCid: string,
): CatalogueEntry {
  const entry = findEntry(catalogue, modelCid)
  if (entry.manifest.task === 'chat') return entry
  throw new WeftError(
    'sdk/wrong-task',
    'This model makes vectors of texts. Choose one that answers.',
    { facts: [`Model: ${entry.manifest.name}`] },
  )
}
