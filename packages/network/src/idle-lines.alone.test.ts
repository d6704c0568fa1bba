/**
 * Lines for chunks and for layers that strangers hold and do not use.
 */
import type { Stream } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import type { PartStep } from '@weft/protocol'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { blobProtocol, askingSide as chunkSide } from './blob/constants.ts'
import { headSide, layersProtocol } from './layers/constants.ts'
import { eventually, modelCid } from './testing/fixtures.ts'
import { createBareLibp2p, createNodeNetwork, type NodeNetwork } from './testing/node-network.ts'
import { MessageStream } from './wire/message-stream.ts'

vi.mock('./blob/constants.ts', async (original) => {
  const constants = await original<typeof import('./blob/constants.ts')>()
  const blobTimes = { ...constants.blobTimes, idleMs: 700, placeMs: 50 }
  return { ...constants, blobTimes, maxLines: 2 }
})
vi.mock('./layers/constants.ts', async (original) => {
  const constants = await original<typeof import('./layers/constants.ts')>()
  return { ...constants, layersTimes: { ...constants.layersTimes, idleMs: 500 } }
})

const states = new Float32Array()
const chunk = new Uint8Array(1_000)
let node: NodeNetwork
const strangers: Awaited<ReturnType<typeof createBareLibp2p>>[] = []
let closedLayers = 0

beforeAll(async () => {
  node = await createNodeNetwork()
  for (let count = 0; count < 3; count += 1) strangers.push(await createBareLibp2p())
  node.network.handleChunks({
    limits: () => ({ bytesPerSecond: null, maxPeers: 8 }),
    manifest: async () => null,
    holdings: async () => Uint8Array.of(1),
    chunk: async () => chunk,
    onGiven: () => {},
  })
  node.network.handleLayers(() => ({
    width: 1,
    step: async (_, received) => received,
    close() {
      closedLayers += 1
    },
  }))
})
afterAll(async () => {
  await Promise.all([node.network.stop(), ...strangers.map((stranger) => stranger.stop())])
})

async function open(at: number, protocol: string): Promise<Stream> {
  const [address] = node.libp2p.getMultiaddrs()
  const connection = await strangers[at]?.dial(multiaddr(address?.toString() ?? ''))
  if (!connection) throw new Error('no connection')
  return connection.newStream(protocol)
}

async function openChunks(at: number) {
  const stream = await open(at, blobProtocol)
  const messages = new MessageStream({ stream, format: chunkSide, onOffence: () => {} })
  let requestId = 0
  const ask = async (type: 'chunk' | 'cancel') => {
    requestId += 1
    const request =
      type === 'chunk' ? { type, requestId, hash: new Uint8Array(32) } : { type, requestId }
    await messages.write(request)
  }
  return { stream, messages, ask }
}

async function openLayers(at: number) {
  const stream = await open(at, layersProtocol)
  const messages = new MessageStream({ stream, format: headSide, onOffence: () => {} })
  await messages.write({ type: 'open', modelCid, part: 1, states })
  expect(await messages.read()).toMatchObject({ type: 'ready' })
  const ask = async (forward: PartStep['forward']) => {
    const sent = new Float32Array(forward ? 1 : 0)
    await messages.write({ type: 'step', step: { changes: [], forward }, states: sent })
    return messages.read()
  }
  return { stream, ask }
}

/** Does this again and again, until the stream has ended. */
async function untilEnd(stream: Stream, work: () => Promise<unknown>): Promise<void> {
  await eventually(async () => {
    await work().catch(() => {})
    return stream.status !== 'open'
  })
}

test('a line for chunks on which requests are only taken back ends', async () => {
  const { stream, ask } = await openChunks(0)
  await untilEnd(stream, () => ask('cancel'))
})

test('where all lines for chunks are taken, the one that is not used makes room', async () => {
  const unused = await openChunks(0)
  const used = await openChunks(1)
  await new Promise((resolve) => setTimeout(resolve, 60))
  for (const { ask, messages } of [used, await openChunks(2)]) {
    await ask('chunk')
    expect(await messages.read()).toMatchObject({ type: 'chunk' })
  }
  await eventually(() => unused.stream.status !== 'open')
})

test('a line for layers on which nothing is computed ends, and its caches with it', async () => {
  const { stream, ask } = await openLayers(0)
  expect(await ask({ cache: 1, rows: 1, tokens: 1, positions: null })).toMatchObject({
    type: 'done',
  })
  await untilEnd(stream, () => ask(null))
  await eventually(() => closedLayers === 1)
})
