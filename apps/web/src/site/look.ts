/**
 * What a visitor sees of a network that this tab has not joined: how many nodes answer, and the model that is asked
 * first. A few small files and no library; of what they say everything is checked again when the tab opens.
 * @module
 */
import { isRecord, type SiteConfig } from './site-config.ts'

/** The model that is asked where nobody has chosen another. */
export type FirstModel = {
  name: string
  parameters: number
  licence: string
  contextTokens: number
  downloadBytes: number
}

const limitMs = 5_000

/** @returns how many nodes answer now; null where nobody says */
export async function readLiveNodes({ live }: SiteConfig): Promise<number | null> {
  const told = live === null ? null : await readJson(live)
  return isRecord(told) && isCount(told.nodes) ? told.nodes : null
}

/** The first of the site's list that answers, null where none can be read. */
export async function readFirstModel({ tab }: SiteConfig): Promise<FirstModel | null> {
  const base = new URL(tab.modelsUrl, location.href)
  const list = await readJson(new URL('catalogue.json', base))
  for (const path of manifestPaths(list)) {
    const model = parseModel(await readJson(new URL(path, base)))
    if (model) return model
  }
  return null
}

async function readJson(url: string | URL): Promise<unknown> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(limitMs) })
    return response.ok ? await response.json() : null
  } catch {
    return null
  }
}

function manifestPaths(list: unknown): string[] {
  const models = isRecord(list) && Array.isArray(list.models) ? list.models : []
  return models
    .flatMap((model) => (isRecord(model) && Array.isArray(model.variants) ? model.variants : []))
    .map((variant) => (isRecord(variant) ? variant.manifest : null))
    .filter((path) => typeof path === 'string')
}

/** @returns null for one that does not answer, or is not what a manifest is */
export function parseModel(manifest: unknown): FirstModel | null {
  if (!isRecord(manifest) || manifest.task !== 'chat') return null
  const { name, parameters, licence, contextTokens, files } = manifest
  if (typeof name !== 'string' || typeof licence !== 'string' || !Array.isArray(files)) return null
  const sizes = files.map((file) => (isRecord(file) ? file.sizeBytes : null))
  if (![parameters, contextTokens, ...sizes].every(isCount)) return null
  const downloadBytes = sizes.filter(isCount).reduce((sum, bytes) => sum + bytes, 0)
  return isCount(parameters) && isCount(contextTokens)
    ? { name, licence, parameters, contextTokens, downloadBytes }
    : null
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0
}
