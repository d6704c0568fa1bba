/**
 * A node over real streams with a light engine: clients with unequal demand, and with long and short
 * jobs, get equal shares of its time.
 */
import type { Engine, GeneratePart } from '@weft/engine'
import { createRelay } from '@weft/network/relay'
import { createNodeNetwork, type NodeNetwork } from '@weft/network/testing'
import {
  createJob,
  createPrivateKey,
  defaultSampling,
  type EngineInfo,
  freePrice,
  type Manifest,
  manifestCid,
} from '@weft/protocol'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { serve } from './serve.ts'
import { readManifest } from './testing/road-stage.ts'

vi.setConfig({ testTimeout: 60_000 })

const engineInfo: EngineInfo = { runtime: 'test', backend: 'wasm', device: 'test' }
const tokenMs = 4

/** One token after the other, as many as are asked for. */
const engine: Pick<Engine, 'measurePrompt' | 'generate'> = {
  measurePrompt: async () => ({ inputTokens: 1, droppedMessages: 0 }),
  async *generate({ maxTokens }, options): AsyncGenerator<GeneratePart> {
    yield { type: 'prefill-end', inputTokens: 1, prefillMs: 0 } as GeneratePart
    for (let index = 0; index < maxTokens && !options?.signal?.aborted; index += 1) {
      await new Promise((resolve) => setTimeout(resolve, tokenMs))
      yield { type: 'delta', index, tokens: [index], text: 'a' }
    }
    yield { type: 'end', finishReason: 'length', decodeMs: 1 } as GeneratePart
  },
}

let relay: Awaited<ReturnType<typeof createRelay>>
let manifest: Manifest
const peers: NodeNetwork[] = []

beforeAll(async () => {
  manifest = await readManifest()
  relay = await createRelay({ privateKey: createPrivateKey(), host: '127.0.0.1', port: 0 })
  for (let peer = 0; peer < 3; peer += 1) {
    peers.push(await createNodeNetwork({ relays: relay.addresses() }))
  }
})

afterAll(async () => {
  await Promise.all(peers.map(({ network }) => network.stop()))
  await relay.stop()
})

type Demand = { jobsAtOnce: number; maxTokens: number }

/** @returns of `total` tokens, behind the first of each, how many each client got */
async function run(places: number, demands: Demand[], total: number): Promise<number[]> {
  const [node, ...clients] = peers
  if (!node) throw new Error('no node')
  const { network, privateKey } = node
  const modelCid = manifestCid(manifest)
  const model = { modelCid, price: freePrice, engine: engineInfo, tokensPerSecond: 100 }
  const announcement = network.announce({ models: [model], maxJobs: places })
  const init = { network, engine, privateKey, manifest, engineInfo, charge: null }
  const stop = serve({ ...init, maxJobs: places, onEvent: () => {} })
  const find = () => clients[0]?.network.findOffers({ role: 'models', modelCid })
  await expect.poll(async () => (await find())?.length, { timeout: 10_000 }).toBe(1)
  const [offer] = (await find()) ?? []
  if (!offer) throw new Error('no offer')
  const enough = new AbortController()
  const over = enough.signal
  const begun = new Set<number>()
  const tokens = demands.map(() => 0)
  const count = (index: number) => {
    begun.add(index)
    // Who connects first has the node to itself for a moment.
    if (begun.size < demands.length) return
    tokens[index] = (tokens[index] ?? 0) + 1
    if (tokens.reduce((sum, each) => sum + each) >= total) enough.abort()
  }
  const keepAsking = async (index: number, { maxTokens }: Demand) => {
    const client = clients[index]?.network
    while (client && !over.aborted) {
      const { job, nonce } = createJob({
        modelCid,
        messages: [{ role: 'user', content: 'Hi' }],
        sampling: defaultSampling,
        overflow: 'error',
        maxTokens,
        clientPeerId: client.peerId,
        maxPrice: freePrice,
        createdAtMs: Date.now(),
      })
      try {
        const call = await client.callNode(offer.registration, job, { signal: over })
        for await (const part of call.accept(nonce, { signal: over })) {
          if (part.type === 'delta') count(index)
        }
      } catch {
        // It is over, or the queue was full.
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    }
  }
  await Promise.all(
    demands.flatMap((demand, index) =>
      Array.from({ length: demand.jobsAtOnce }, () => keepAsking(index, demand)),
    ),
  )
  await Promise.all([stop(), announcement.stop()])
  return tokens
}

test.each([
  ['much and little demand', 2, [1, 4], [20, 20]],
  ['long and short jobs', 1, [2, 2], [60, 15]],
])('%s', async (_name, places, jobsAtOnce, maxTokens) => {
  const demands = [0, 1].map((index) => ({
    jobsAtOnce: jobsAtOnce[index] ?? 1,
    maxTokens: maxTokens[index] ?? 1,
  }))
  const [a = 0, b = 0] = await run(places, demands, 360)
  expect(a / b).toBeGreaterThan(0.5)
  expect(a / b).toBeLessThan(2)
})
