/**
 * A site that offers Bobbin, and Moonshine, which writes down speech.
 * @module
 */
import { readFile } from 'node:fs/promises'
import { readMoonshine } from '@weft/engine/testing'
import type { ChatManifest } from '@weft/protocol'
import { sampleManifest } from '@weft/storage/testing'
import { openSiteServer } from './site-server.ts'

export const speechModel = 'moonshine/tiny'

export async function openSpeechSite() {
  const files = await readMoonshine()
  const { knownAnswer: _, ...sample } = sampleManifest(files, 'Moonshine tiny') as ChatManifest
  const manifest = {
    ...sample,
    id: speechModel,
    task: 'speech',
    dtype: 'q8',
    graph: 'onnx/encoder_model.onnx',
    writer: 'onnx/decoder_model_merged.onnx',
    languages: ['en'],
  }
  const catalogueFile = new URL('../../../../public/models/catalogue.json', import.meta.url)
  const [bobbin] = JSON.parse(await readFile(catalogueFile, 'utf8')).models
  const variant = {
    dtype: 'q8',
    backends: ['wasm'],
    features: [],
    tensorBytes: null,
    manifest: 'moonshine/manifest.json',
    sources: ['moonshine/'],
  }
  const moonshine = { ...bobbin, id: speechModel, name: 'Moonshine tiny', variants: [variant] }
  const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))
  return openSiteServer(
    new Map([
      ['models/catalogue.json', json({ version: 1, models: [bobbin, moonshine] })],
      ['models/moonshine/manifest.json', json(manifest)],
      ...[...files].map(([path, bytes]) => [`models/moonshine/${path}`, bytes] as const),
    ]),
  )
}
