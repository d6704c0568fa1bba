/**
 * Peers that never read, never give credit, or never stop sending: what they make a tab hold is bounded,
 * in bytes, and ends.
 */
import type { Stream } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import type { Delta } from '@weft/protocol'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { IncomingJob } from '../network.ts'
import { createTestJob, quoteFor } from '../testing/fixtures.ts'
import { createPair, type Pair } from '../testing/pair.ts'
import { FrameStream } from '../wire/frame-stream.ts'
import { MessageStream } from '../wire/message-stream.ts'
import { clientSide, inferProtocol, nodeSide } from './constants.ts'

vi.mock(import('./constants.ts'), async (original) => {
  const constants = await original()
  return {
    ...constants,
    inferTimes: { ...constants.inferTimes, creditMs: 500 },
    nodeSide: { ...constants.nodeSide, writeMs: 500 },
  }
})

const mebibyte = 1024 * 1024
/** What may be on its way in the transports of both sides, whose windows grow with the speed of a line. */
const onTheWay = 8 * mebibyte

let pair: Pair

beforeEach(async () => {
  pair = await createPair()
})

afterEach(() => pair.stop())

/** 60 KB each, as large as deltas get. */
const large = (index: number): Delta => ({
  index,
  tokens: Array.from({ length: 240 }, () => 1),
  text: 'x'.repeat(60_000),
})

const streamOf = ({ libp2p }: Pair['node']): Stream | undefined =>
  libp2p
    .getConnections()
    .flatMap(({ streams }) => streams)
    .find(({ protocol }) => protocol === inferProtocol)

/** A node that sends as much as it may. @returns what it held unsent at most, and how it ended */
function serveFlood() {
  const ended = Promise.withResolvers<{ sent: number; mostUnsent: number; error: unknown }>()
  pair.node.network.handleJobs(async (incoming: IncomingJob) => {
    await incoming.quote(quoteFor(incoming.job, pair.node.privateKey))
    const stream = streamOf(pair.node)
    let mostUnsent = 0
    let sent = 0
    try {
      for (; ; sent += 1) {
        const sending = incoming.send(large(sent * 240))
        await Promise.resolve()
        mostUnsent = Math.max(mostUnsent, stream?.writeBufferLength ?? 0)
        await sending
      }
    } catch (error) {
      ended.resolve({ sent, mostUnsent, error })
      throw error
    }
  })
  return ended.promise
}

/** A client by hand: its job is quoted and accepted. */
async function accept(credits: number): Promise<Stream> {
  const { libp2p, network } = pair.client
  const connection = await libp2p.dial(multiaddr(pair.offer.registration.addresses[0] ?? ''))
  const stream = await connection.newStream(inferProtocol)
  const messages = new MessageStream({ stream, format: clientSide, onOffence: () => {} })
  const { job, nonce } = createTestJob(network.peerId)
  await messages.write({ type: 'job', job, answered: [], payment: null })
  expect(await messages.read()).toMatchObject({ type: 'quote' })
  await messages.write({ type: 'accept', nonce, credits, voucher: null })
  return stream
}

test('a client that never reads, with credit for 60 MB', async () => {
  const flood = serveFlood()
  const stream = await accept(1_000)
  stream.pause()
  const { sent, mostUnsent, error } = await flood
  expect(error).toMatchObject({ code: 'network/stream-lost', cause: { code: 'network/timeout' } })
  expect(sent * 60_000).toBeLessThan(onTheWay)
  expect(mostUnsent).toBeLessThan(100_000)
})

test('a client that gives no credit', async () => {
  const flood = serveFlood()
  await accept(2)
  const { sent, mostUnsent, error } = await flood
  expect(error).toMatchObject({ code: 'network/stalled' })
  expect(sent).toBe(2)
  expect(mostUnsent).toBeLessThan(100_000)
})

test('a node that floods a client which has read one word', async () => {
  const { client, node } = pair
  const flooded = Promise.withResolvers<void>()
  await node.libp2p.unhandle(inferProtocol)
  await node.libp2p.handle(inferProtocol, async (stream) => {
    const messages = new MessageStream({ stream, format: nodeSide, onOffence: () => {} })
    const message = await messages.read()
    if (message?.type !== 'job') return
    await messages.write({ type: 'quote', quote: quoteFor(message.job, node.privateKey) })
    try {
      for (let sent = 0; ; sent += 1) await messages.write({ type: 'delta', delta: large(sent) })
    } catch {
      flooded.resolve() // The client has cut it.
    }
  })
  const { job, nonce } = createTestJob(client.network.peerId)
  const call = await client.network.callNode(pair.offer.registration, job)
  const parts = call.accept(nonce)[Symbol.asyncIterator]()
  let arrived = 0
  const stream = streamOf(client)
  stream?.addEventListener('message', ({ data }) => {
    if (stream.status === 'open') arrived += data.byteLength
  })
  await parts.next()
  await flooded.promise
  expect(arrived).toBeGreaterThan(mebibyte)
  expect(arrived).toBeLessThan(clientSide.maxBufferedBytes + onTheWay)
  expect(stream?.readBufferLength).toBe(0)
  await expect(parts.next()).rejects.toMatchObject({ code: 'protocol/too-large' })
})

test('a client that floods a node which is busy', async () => {
  const { client, node } = pair
  const told = Promise.withResolvers<void>()
  node.network.handleJobs(async (incoming) => {
    incoming.signal.addEventListener('abort', () => told.resolve())
    await told.promise
  })
  const connection = await client.libp2p.dial(multiaddr(pair.offer.registration.addresses[0] ?? ''))
  const stream = await connection.newStream(inferProtocol)
  const frames = new FrameStream(stream, { ...clientSide, writeMs: 5_000 })
  const { job } = createTestJob(client.network.peerId)
  await frames.write(clientSide.encode({ type: 'job', job, answered: [], payment: null }))
  const answered = Array(8_000).fill(0xffffffff)
  const bytes = clientSide.encode({ type: 'job', job, answered, payment: null })
  const flood = async () => {
    for (;;) await frames.write(bytes)
  }
  await expect(flood()).rejects.toMatchObject({ code: 'network/stream-lost' })
  await told.promise
  // The second job is an offence, whatever comes behind it.
  expect(streamOf(node)).toBeUndefined()
})
