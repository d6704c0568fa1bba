import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Engine } from '@weft/engine'
import { createLocalEngine, nodeRuntime } from '@weft/engine/local'
import { manifestCid, WeftError } from '@weft/protocol'
import * as ort from 'onnxruntime-node'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { CatalogueEntry } from './catalogue.ts'
import { createTabEngine, type TabEngine } from './tab-engine.ts'
import { readManifest, readModelFile } from './testing/road-stage.ts'

const chunks = { get: async () => undefined, put: async () => {}, remove: async () => {} }
const messages = [{ role: 'user' as const, content: 'Hello!' }]
const sampling = { temperature: 0, topK: 0, topP: 1 }
const seed = new Uint8Array(32)

let server: Server
let catalogue: CatalogueEntry[]
let engine: Engine
let tabEngine: TabEngine
/** Thrown by the next generate, as a lost device would. */
let breakage: WeftError | undefined

beforeAll(async () => {
  server = createServer(async (request, response) => {
    response.end(await readModelFile(request.url?.slice(1) ?? '').catch(() => ''))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const manifest = await readManifest()
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const twin = { ...manifest, name: 'Twin' }
  catalogue = [manifest, twin].map((each) => ({
    modelCid: manifestCid(each),
    manifest: each,
    baseUrl,
  }))
})

beforeEach(() => {
  breakage = undefined
  const real = createLocalEngine({ openRuntime: async () => nodeRuntime(ort) })
  engine = {
    ...real,
    async *generate(init, options) {
      if (breakage) throw breakage
      yield* real.generate(init, options)
    },
  }
  tabEngine = createTabEngine({ catalogue, chunks, engine })
})

afterAll(() => server.close())

const cidOf = (index: number) => catalogue[index]?.modelCid ?? ''

async function answer(): Promise<number> {
  let tokens = 0
  const init = { messages, sampling, seed, maxTokens: 4 }
  for await (const part of tabEngine.engine.generate(init)) {
    if (part.type === 'delta') tokens += part.tokens.length
  }
  return tokens
}

test('loads once for all who ask, and says how far it is', async () => {
  const phases: string[] = []
  tabEngine.state.subscribe(() => phases.push(tabEngine.state.get().phase))
  await Promise.all([tabEngine.prepare(cidOf(0), 'auto'), tabEngine.prepare(cidOf(0), 'auto')])
  expect([...new Set(phases)]).toEqual(['downloading', 'loading', 'ready'])
  expect(phases.filter((phase) => phase === 'ready')).toHaveLength(1)
  expect(await answer()).toBeGreaterThan(0)
})

test('an engine that broke is seen, and loaded again when asked for', async () => {
  await tabEngine.prepare(cidOf(0), 'auto')
  breakage = new WeftError('engine/device-lost', 'The GPU was lost.')
  await expect(answer()).rejects.toMatchObject({ code: 'engine/device-lost' })
  expect(tabEngine.state.get()).toMatchObject({ phase: 'failed' })
  breakage = undefined
  await tabEngine.prepare(cidOf(0), 'auto')
  expect(tabEngine.state.get()).toMatchObject({ phase: 'ready' })
})

test('a prompt that does not fit breaks nothing', async () => {
  await tabEngine.prepare(cidOf(0), 'auto')
  const long = [{ role: 'user' as const, content: 'word '.repeat(900) }]
  await expect(tabEngine.engine.countPromptTokens(long)).rejects.toMatchObject({
    code: 'engine/prompt-too-long',
  })
  expect(tabEngine.state.get()).toMatchObject({ phase: 'ready' })
})

test('a model that is held is not replaced', async () => {
  await tabEngine.prepare(cidOf(0), 'auto')
  const release = tabEngine.hold()
  await expect(tabEngine.prepare(cidOf(1), 'auto')).rejects.toMatchObject({
    code: 'sdk/engine-busy',
  })
  await tabEngine.prepare(cidOf(0), 'auto')
  release()
  await tabEngine.prepare(cidOf(1), 'auto')
  expect(tabEngine.state.get()).toMatchObject({ phase: 'ready', modelCid: cidOf(1) })
})

test('who asks again after the last one gave up gets a new load', async () => {
  const controller = new AbortController()
  const given = tabEngine.prepare(cidOf(0), 'auto', { signal: controller.signal })
  controller.abort()
  const again = tabEngine.prepare(cidOf(0), 'auto')
  await expect(given).rejects.toMatchObject({ code: 'protocol/cancelled' })
  await again
  expect(tabEngine.state.get()).toMatchObject({ phase: 'ready' })
})
