/**
 * The models that a site offers: `index.json` lists folders, each with a `manifest.json`.
 * @module
 */
import { type Manifest, manifestCid, manifestSchema, parse, WeftError } from '@weft/protocol'
import { z } from 'zod'
import type { WaitOptions } from './tab.ts'

export type CatalogueEntry = {
  modelCid: string
  manifest: Manifest
  /** Absolute, ends in `/`. */
  baseUrl: string
}

const indexSchema = z.strictObject({
  models: z.array(z.string().regex(/^[a-z0-9][a-z0-9-]*$/)).min(1),
})

/** @throws WeftError `sdk/catalogue` when the site's list or a manifest cannot be read */
export async function fetchCatalogue(
  modelsUrl: string,
  { signal }: WaitOptions = {},
): Promise<CatalogueEntry[]> {
  const base = new URL(modelsUrl, globalThis.location?.href)
  const index = parse(
    'model list',
    indexSchema,
    await fetchJson(new URL('index.json', base), signal),
  )
  return Promise.all(
    index.models.map(async (folder) => {
      const baseUrl = new URL(`${folder}/`, base).href
      const json = await fetchJson(new URL('manifest.json', baseUrl), signal)
      const manifest = parse(`manifest of ${folder}`, manifestSchema, json)
      return { modelCid: manifestCid(manifest), manifest, baseUrl }
    }),
  )
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
export function findEntry(catalogue: CatalogueEntry[], modelCid: string): CatalogueEntry {
  const entry = catalogue.find((candidate) => candidate.modelCid === modelCid)
  if (entry) return entry
  throw new WeftError('sdk/unknown-model', 'This site does not know that model.', {
    facts: [`Model: ${modelCid}`],
  })
}
