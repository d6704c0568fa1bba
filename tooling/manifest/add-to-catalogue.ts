/**
 * Puts a model with its manifest on the site: `catalogue.json` and a folder for the manifest.
 * @module
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { type Manifest, manifestCid, manifestSchema, parse, WeftError } from '@weft/protocol'
import {
  type CatalogueFile,
  type CatalogueFileModel,
  type CatalogueFileVariant,
  catalogueFileSchema,
} from '@weft/sdk/catalogue-file'

export type AddInit = {
  /** Folder of `catalogue.json`. */
  modelsFolder: string
  manifest: Manifest
  /** Folders that hold the files, ending in `/`; a relative one is seen from `modelsFolder`. */
  sources: string[]
  tensorBytes: number
}

/** What the catalogue in `modelsFolder` says about a model, if there is one that knows it. */
export function findCurated(
  modelsFolder: string,
  id: string | undefined,
): CatalogueFileModel | undefined {
  const path = join(modelsFolder, 'catalogue.json')
  return existsSync(path) ? readCatalogue(path).models.find((model) => model.id === id) : undefined
}

function readCatalogue(path: string): CatalogueFile {
  return parse('catalogue', catalogueFileSchema, JSON.parse(readFileSync(path, 'utf8')))
}

export type SourcesInit = {
  modelsFolder: string
  /** Where the files lie on this machine. */
  folder: string
  /** Where they lie on the hub; undefined for a folder. */
  hubSource: string | undefined
  /** Folders that the person names. */
  named: readonly string[]
}

/**
 * @returns where tabs get the files, best first; a folder in `modelsFolder` is served by the site itself
 * @throws WeftError `tooling/no-source`
 */
export function findSources({ modelsFolder, folder, hubSource, named }: SourcesInit): string[] {
  const path = relative(modelsFolder, folder).split(sep).join('/')
  // Not `..`, and no drive of Windows.
  const isServed = /^\w[^:]*$/.test(path)
  const own = hubSource ?? (isServed ? path : undefined)
  const sources = [...named, ...(own ? [own] : [])]
  if (sources.length > 0) return sources.map((each) => (each.endsWith('/') ? each : `${each}/`))
  throw new WeftError(
    'tooling/no-source',
    `Nothing says where people's browsers get the files of ${folder} from. Nothing was written.`,
    {
      facts: [
        `Move the folder into ${modelsFolder}, and the site serves it; or say by --source URL where it lies.`,
      ],
    },
  )
}

/** @returns the path of the manifest that the site serves */
export function addToCatalogue({ modelsFolder, manifest, sources, tensorBytes }: AddInit): string {
  const path = join(modelsFolder, 'catalogue.json')
  const catalogue = readCatalogue(path)
  const { id, name, description, licence, parameters, contextTokens, dtype } = manifest
  const entry = catalogue.models.find((model) => model.id === id)
  const old = entry?.variants.find((variant) => variant.dtype === dtype)
  const manifestPath = old?.manifest ?? `${id}/${dtype}/manifest.json`
  const variant: CatalogueFileVariant = {
    dtype,
    ...(old ? { backends: old.backends, features: old.features } : usualNeeds(dtype)),
    tensorBytes,
    manifest: manifestPath,
    sources,
  }
  const sentence = description.slice(0, 300)
  const model = entry ?? { id, name, sentence, licence, parameters, contextTokens, variants: [] }
  if (!entry) catalogue.models.push(model)
  const at = model.variants.findIndex((each) => each.dtype === dtype)
  model.variants.splice(at < 0 ? model.variants.length : at, at < 0 ? 0 : 1, variant)
  const checked = parse('catalogue', catalogueFileSchema, catalogue)
  mkdirSync(dirname(join(modelsFolder, manifestPath)), { recursive: true })
  writeJson(join(modelsFolder, manifestPath), manifest)
  writeJson(path, checked)
  return join(modelsFolder, manifestPath)
}

type AddSplitInit = {
  modelsFolder: string
  modelCid: string
  /** Of the parts, seen from `modelsFolder`. */
  manifests: string[]
}

/** @throws WeftError `tooling/split` when the site does not offer the model */
export function addSplit({ modelsFolder, modelCid, manifests }: AddSplitInit): void {
  const path = join(modelsFolder, 'catalogue.json')
  const catalogue = readCatalogue(path)
  const isWhole = (manifest: string | null) =>
    manifest !== null && manifestCid(readManifest(join(modelsFolder, manifest))) === modelCid
  const variants = catalogue.models.flatMap((model) => model.variants)
  const variant = variants.find(({ manifest }) => isWhole(manifest))
  if (!variant || variant.manifest === null)
    throw new WeftError('tooling/split', 'The site does not offer this model: add it whole first.')
  variant.parts = manifests
  writeJson(path, parse('catalogue', catalogueFileSchema, catalogue))
}

function readManifest(path: string): Manifest {
  return parse('manifest', manifestSchema, JSON.parse(readFileSync(path, 'utf8')))
}

export function writeJson(path: string, value: unknown): void {
  writeFileSync(path, `${JSON.stringify(value, null, 1)}\n`)
}

/**
 * The CPU takes every dtype, but needs float32 for it (decisions/0010): half floats are meant for a GPU,
 * and q8, which becomes float32 on a GPU too, for a CPU.
 */
function usualNeeds(dtype: Manifest['dtype']): Pick<CatalogueFileVariant, 'backends' | 'features'> {
  if (dtype === 'fp16' || dtype === 'q4f16')
    return { backends: ['webgpu'], features: ['shader-f16'] }
  return { backends: dtype === 'q8' ? ['wasm'] : ['webgpu', 'wasm'], features: [] }
}
