/**
 * The embedded model, fetched, for tests in a browser.
 * @module
 */
import { type ChatManifest, manifestSchema, parse } from '@weft/protocol'
import type { ModelFiles } from '../engine.ts'

const folder = '/models/bobbin'

export async function fetchBobbinManifest(): Promise<ChatManifest> {
  const response = await fetch(`${folder}/manifest.json`)
  const manifest = parse('manifest', manifestSchema, await response.json())
  if (manifest.task !== 'chat') throw new TypeError('Bobbin is a chat model.')
  return manifest
}

export async function fetchBobbinFiles({ files }: ChatManifest): Promise<ModelFiles> {
  const fetched = files.map(async ({ path }): Promise<[string, Uint8Array]> => {
    const response = await fetch(`${folder}/${path}`)
    return [path, new Uint8Array(await response.arrayBuffer())]
  })
  return new Map(await Promise.all(fetched))
}
