/**
 * A site that offers Bobbin, and a small model of vectors with random weights.
 * @module
 */
import { readFile } from 'node:fs/promises'
import { makeKnownEmbedding, nodeRuntime } from '@weft/engine/local'
import { buildEncoder } from '@weft/engine/testing'
import type { ChatManifest } from '@weft/protocol'
import { sampleManifest } from '@weft/storage/testing'
import * as ort from 'onnxruntime-node'
import { openSiteServer } from './site-server.ts'

export const vectorsModel = 'weft/vectors'

export async function openVectorsSite() {
  const files = buildEncoder({ poolingMode: 'pooling_mode_cls_token' })
  const graph = 'onnx/model.onnx'
  const runtime = nodeRuntime(ort, { threads: 1 })
  const toleranceAbs = 1e-4
  const knownAnswer = await makeKnownEmbedding({ runtime, files, graph, toleranceAbs })
  const sample = sampleManifest(files, 'Vectors') as ChatManifest
  const manifest = {
    ...sample,
    id: vectorsModel,
    task: 'embedding',
    contextTokens: 32,
    knownAnswer,
  }
  const catalogueFile = new URL('../../../../public/models/catalogue.json', import.meta.url)
  const catalogue = JSON.parse(await readFile(catalogueFile, 'utf8'))
  const [bobbin] = catalogue.models
  const variant = {
    dtype: 'fp32',
    backends: ['wasm'],
    features: [],
    tensorBytes: null,
    manifest: 'vectors/manifest.json',
    sources: ['vectors/'],
  }
  const vectors = { ...bobbin, id: vectorsModel, name: 'Vectors', variants: [variant] }
  const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))
  return openSiteServer(
    new Map([
      ['models/catalogue.json', json({ version: 1, models: [bobbin, vectors] })],
      ['models/vectors/manifest.json', json(manifest)],
      ...[...files].map(([path, bytes]) => [`models/vectors/${path}`, bytes] as const),
    ]),
  )
}
