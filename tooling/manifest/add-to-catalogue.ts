/**
 * Puts a model with its manifest on the site: `catalogue.json` and a folder for the manifest.
 * @module
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Manifest, parse } from '@weft/protocol'
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
  /** Folders that hold the files; a relative one is seen from `modelsFolder`. */
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

/** @returns the path of the manifest that the site serves */
export function addToCatalogue({ modelsFolder, manifest, sources, tensorBytes }: AddInit): string {
  const path = join(modelsFolder, 'catalogue.json')
  const catalogue = readCatalogue(path)
  const { id, name, description, licence, parameters, contextTokens, dtype } = manifest
  const entry = catalogue.models.find((model) => model.id === id)
  const old = entry?.variants.find((variant) => variant.dtype === dtype)
  const manifestPath = old?.manifest ?? `${folderName(manifest)}/manifest.json`
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
  mkdirSync(dirname(join(modelsFolder, manifestPath)), { recursive: true })
  writeJson(join(modelsFolder, manifestPath), manifest)
  writeJson(path, parse('catalogue', catalogueFileSchema, catalogue))
  return join(modelsFolder, manifestPath)
}

export function writeJson(path: string, value: unknown): void {
  writeFileSync(path, `${JSON.stringify(value, null, 1)}\n`)
}

function folderName({ id, dtype }: Manifest): string {
  const name = id.slice(id.indexOf('/') + 1)
  return `${name}-${dtype}`.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')
}

/** WebAssembly has few kernels for half floats; WebGPU has none for integer matrices. */
function usualNeeds(dtype: Manifest['dtype']): Pick<CatalogueFileVariant, 'backends' | 'features'> {
  if (dtype === 'fp16' || dtype === 'q4f16')
    return { backends: ['webgpu'], features: ['shader-f16'] }
  return { backends: dtype === 'q8' ? ['wasm'] : ['webgpu', 'wasm'], features: [] }
}
