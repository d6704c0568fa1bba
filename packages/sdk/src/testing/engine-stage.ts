/**
 * A tab's engine over real weights from a real server, which can be told to break.
 * @module
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Engine } from '@weft/engine'
import { createLocalEngine, nodeRuntime } from '@weft/engine/local'
import { manifestCid, type WeftError } from '@weft/protocol'
import * as ort from 'onnxruntime-node'
import type { CatalogueEntry } from '../catalogue.ts'
import { createTabEngine } from '../tab-engine.ts'
import { readManifest, readModelFile } from './road-stage.ts'

/** Keeps nothing, so that every load goes to the server. */
const chunks = { get: async () => undefined, put: async () => {}, remove: async () => {} }

export async function openEngineStage() {
  const server = createServer(async (request, response) => {
    response.end(await readModelFile(request.url?.slice(1) ?? '').catch(() => ''))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const manifest = await readManifest()
  const catalogue: CatalogueEntry[] = [manifest, { ...manifest, name: 'Twin' }].map((each) => ({
    modelCid: manifestCid(each),
    manifest: each,
    baseUrl,
  }))
  let breakage: WeftError | undefined
  const real = createLocalEngine({ openRuntime: async () => nodeRuntime(ort) })
  const engine: Engine = {
    ...real,
    async *generate(init, options) {
      const error = breakage
      breakage = undefined
      if (error) throw error
      yield* real.generate(init, options)
    },
  }
  return {
    catalogue,
    cids: catalogue.map(({ modelCid }) => modelCid),
    tabEngine: createTabEngine({ catalogue, chunks, engine }),
    /** What the next generate throws, as a lost device would. */
    breakNext(error: WeftError) {
      breakage = error
    },
    async close() {
      server.close()
      await real.close()
    },
  }
}
