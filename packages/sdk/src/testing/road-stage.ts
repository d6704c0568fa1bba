/**
 * A road for tests: a real relay, two peers in Node with real streams, the embedded model's weights.
 * @module
 */
import { readFile } from 'node:fs/promises'
import { createLocalEngine, nodeRuntime } from '@weft/engine/local'
import { createRelay } from '@weft/network/relay'
import { createNodeNetwork } from '@weft/network/testing'
import {
  createPrivateKey,
  freePrice,
  type Manifest,
  manifestCid,
  manifestSchema,
  parse,
} from '@weft/protocol'
import * as ort from 'onnxruntime-node'
import { type GenerateComponents, generate } from '../generate.ts'
import { createNodeMemory } from '../node-memory.ts'
import { type ServeEvent, type ServeInit, serve } from '../serve.ts'
import type { GenerateEvent, GenerateRequest } from '../tab.ts'
import { until } from './until.ts'

const modelFolder = new URL('../../../../public/models/bobbin/', import.meta.url)

export async function openRoad() {
  const manifest = await readManifest()
  const modelCid = manifestCid(manifest)
  const runtime = nodeRuntime(ort, { threads: 1 })
  const engine = createLocalEngine({ openRuntime: async () => runtime })
  await engine.load({ manifest, openFiles: () => readFiles(manifest), backend: 'auto' })

  const relay = await createRelay({ privateKey: createPrivateKey(), host: '127.0.0.1', port: 0 })
  const privateKey = createPrivateKey()
  const { network: node } = await createNodeNetwork({ relays: relay.addresses(), privateKey })
  const { network: client } = await createNodeNetwork({ relays: relay.addresses() })
  const model = { modelCid, price: freePrice, engine: runtime.info, tokensPerSecond: 100 }
  node.announce({ models: [model], maxJobs: 2 })
  await until(
    async () => (await client.findOffers({ role: 'models', modelCid })).length === 1,
    'the node is offered',
  )

  const components: GenerateComponents = {
    peerId: client.peerId,
    network: client,
    memory: createNodeMemory(),
    manifestOf: () => manifest,
    localEngine: async () => engine,
  }
  const request: GenerateRequest = {
    modelCid,
    messages: [{ role: 'user', content: 'Tell me a story about a fox and a lantern.' }],
    where: 'network',
  }
  const served: ServeEvent[] = []
  let stopServing: (() => Promise<void>) | undefined

  return {
    manifest,
    engine,
    info: runtime.info,
    relayAddresses: relay.addresses(),
    privateKey,
    node,
    client,
    components,
    request,
    served,
    startServing(change: Partial<ServeInit> = {}): void {
      stopServing = serve({
        network: node,
        engine,
        privateKey,
        manifest,
        engineInfo: runtime.info,
        charge: null,
        maxJobs: 2,
        onEvent: (event) => served.push(event),
        ...change,
      })
    },
    async stopServing(): Promise<void> {
      await stopServing?.()
      stopServing = undefined
    },
    async collect(change: Partial<GenerateRequest> = {}) {
      const events: GenerateEvent[] = []
      for await (const event of generate(components, { ...request, ...change })) events.push(event)
      const end = events.at(-1)
      if (end?.type !== 'end') throw new Error('no end')
      return { events, end }
    },
    async close(): Promise<void> {
      await Promise.all([node.stop(), client.stop()])
      await relay.stop()
      await engine.close()
    },
  }
}

export async function readManifest(): Promise<Manifest> {
  const json = JSON.parse(await readFile(new URL('manifest.json', modelFolder), 'utf8'))
  return parse('manifest', manifestSchema, json)
}

export async function readFiles(manifest: Manifest): Promise<Map<string, Uint8Array>> {
  const read = async ({ path }: { path: string }) =>
    [path, new Uint8Array(await readFile(new URL(path, modelFolder)))] as const
  return new Map(await Promise.all(manifest.files.map(read)))
}
