import { multiaddr } from '@multiformats/multiaddr'
import { bytesEqual, chunkBytes, chunkProof, sha256, signRegistration } from '@weft/protocol'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { ChunkHandler, UploadLimits } from '../network.ts'
import { eventually, modelCid } from '../testing/fixtures.ts'
import { createBareLibp2p, createNodeNetwork, type NodeNetwork } from '../testing/node-network.ts'
import { createPair, type Pair } from '../testing/pair.ts'
import { FrameStream } from '../wire/frame-stream.ts'
import { MessageStream } from '../wire/message-stream.ts'
import {
  askingSide,
  blobProtocol,
  givingSide,
  maxInFlight,
  maxQueuedRequests,
} from './constants.ts'

const chunks = Array.from({ length: 6 }, (_, at) => new Uint8Array(chunkBytes - at).fill(at + 1))
const hashes = chunks.map((chunk) => sha256(chunk))
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const held = new Map(chunks.map((chunk, at) => [hex(hashes[at] ?? chunk), chunk]))
const first = hashes[0] ?? new Uint8Array(32)

let pair: Pair
const others: NodeNetwork[] = []
beforeAll(async () => {
  pair = await createPair()
})
afterEach(async () => {
  await Promise.all(others.splice(0).map(({ network }) => network.stop()))
})
afterAll(() => pair.stop())

const refusal = { type: 'refusal', retryAfterMs: 0 } as const
const free: UploadLimits = { bytesPerSecond: null, maxPeers: 8 }

/** @returns bytes given, by peer */
function give(change: Partial<ChunkHandler> = {}): Map<string, number> {
  const given = new Map<string, number>()
  pair.node.network.handleChunks({
    limits: () => free,
    manifest: async (cid) => (cid === modelCid ? Uint8Array.of(1, 2, 3) : null),
    holdings: async (cid) => (cid === modelCid ? Uint8Array.of(0b111111) : null),
    chunk: async (hash) => held.get(hash) ?? null,
    onGiven: (peerId, bytes) => given.set(peerId, (given.get(peerId) ?? 0) + bytes),
    ...change,
  })
  return given
}

async function open(from: Pick<NodeNetwork, 'network'> = pair.client) {
  return from.network.openChunks(pair.offer.registration)
}

async function other(): Promise<NodeNetwork> {
  const created = await createNodeNetwork({ relays: pair.relay.addresses().slice(0, 1) })
  others.push(created)
  return created
}

test('manifest, holdings, chunks and proofs cross a line; what is not held is said', async () => {
  const given = give()
  const line = await open()
  expect(await line.manifest(modelCid)).toEqual(Uint8Array.of(1, 2, 3))
  expect(await line.holdings(modelCid)).toEqual(Uint8Array.of(0b111111))
  const answers = await Promise.all(hashes.map((hash) => line.chunk(hash)))
  for (const [at, answer] of answers.entries()) {
    if (answer.type !== 'chunk') throw new Error(answer.type)
    expect(bytesEqual(answer.bytes, chunks[at] ?? first)).toBe(true)
  }
  const nonce = crypto.getRandomValues(new Uint8Array(32))
  const proof = await chunkProof(nonce, chunks[0] ?? first)
  expect(await line.challenge({ hash: first, nonce })).toEqual(proof)
  expect(await line.chunk(new Uint8Array(32))).toEqual({ type: 'not-held' })
  await expect(line.manifest(`b${'c'.repeat(58)}`)).rejects.toMatchObject({
    code: 'network/not-held',
  })
  const total = chunks.reduce((sum, { length }) => sum + length, 0)
  await eventually(() => given.get(pair.client.network.peerId) === total)
  line.close()
  await expect(line.chunk(first)).rejects.toMatchObject({ code: 'network/closed' })
})

test('a question that is taken back frees its place, and the line goes on', async () => {
  give()
  const line = await open()
  const controller = new AbortController()
  const left = hashes.map((hash) => line.chunk(hash, { signal: controller.signal }))
  controller.abort()
  for (const wait of left) {
    await expect(wait).rejects.toMatchObject({ code: 'protocol/cancelled' })
  }
  expect(await line.chunk(first)).toMatchObject({ type: 'chunk' })
  line.close()
})

test('at most three answers are on their way at once; the further questions wait', async () => {
  const giver = await other()
  await giver.libp2p.unhandle(blobProtocol)
  let asked = 0
  const answer = Promise.withResolvers<void>()
  await giver.libp2p.handle(blobProtocol, async (stream) => {
    const messages = new MessageStream({ stream, format: givingSide, onOffence: () => {} })
    for (let next = await messages.read(); next; next = await messages.read()) {
      asked += 1
      const { requestId } = next
      void answer.promise.then(() =>
        messages.write({ ...refusal, reason: 'not-held', requestId, body: new Uint8Array(0) }),
      )
    }
  })
  const addresses = giver.libp2p.getMultiaddrs().map((address) => address.toString())
  const { peerId } = giver.network
  const { signature: _, ...unsigned } = pair.offer.registration
  const line = await pair.client.network.openChunks(
    signRegistration({ ...unsigned, peerId, addresses }, giver.privateKey),
  )
  const answers = Promise.all(Array.from({ length: 10 }, () => line.chunk(first)))
  await eventually(() => asked === maxInFlight)
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(asked).toBe(maxInFlight)
  answer.resolve()
  expect(await answers).toHaveLength(10)
  line.close()
})

test('an answer that was on its way when its line was closed is no offence', async () => {
  give()
  const from = await other()
  for (let time = 1; time <= 8; time += 1) {
    const line = await open(from)
    const left = hashes.slice(0, 3).map((hash) => line.chunk(hash))
    await Promise.race(left)
    line.close()
    await Promise.allSettled(left)
  }
  const line = await open(from)
  expect(await line.chunk(first)).toMatchObject({ type: 'chunk' })
  line.close()
})

test('no request is forgotten, however close it comes behind the end of another', async () => {
  let turns = 0
  give({
    async manifest() {
      for (let turn = 0; turn < turns; turn += 1) await null
      return null
    },
  })
  const { libp2p } = await other()
  const connection = await libp2p.dial(multiaddr(pair.offer.registration.addresses[0] ?? ''))
  const stream = await connection.newStream(blobProtocol)
  const messages = new MessageStream({ stream, format: askingSide, onOffence: () => {} })
  const frame = (requestId: number) => {
    const bytes = askingSide.encode({ type: 'manifest', requestId, modelCid })
    return [bytes.length, ...bytes]
  }
  for (; turns < 30; turns += 1) {
    stream.send(Uint8Array.from([...frame(1), ...frame(2)]))
    for (const requestId of [1, 2]) {
      const signal = AbortSignal.timeout(5_000)
      expect(await messages.read({ signal })).toMatchObject({ type: 'refusal', requestId })
    }
  }
  await messages.close()
})

test('more peers than there are places hear when to come back', async () => {
  give({ limits: () => ({ bytesPerSecond: null, maxPeers: 1 }) })
  const [line, late] = [await open(), await open(await other())]
  expect(await line.chunk(first)).toMatchObject({ type: 'chunk' })
  expect(await late.chunk(first)).toMatchObject({ type: 'busy', retryAfterMs: 10_000 })
  line.close()
  await eventually(async () => (await late.chunk(first)).type === 'chunk')
  late.close()
})

test('the upload limit holds over all lines', async () => {
  const given = give({ limits: () => ({ bytesPerSecond: 16 * chunkBytes, maxPeers: 4 }) })
  const lines = [await open(), await open(await other())]
  const startedMs = performance.now()
  await Promise.all(lines.flatMap((line) => hashes.slice(0, 4).map((hash) => line.chunk(hash))))
  // Eight chunks; the first goes out before any time has passed.
  expect(performance.now() - startedMs).toBeGreaterThan((1000 * 7 * 0.99) / 16)
  for (const line of lines) line.close()
  await eventually(() => given.size === 2)
})

test('who cannot be served in time is told so at once', async () => {
  give({ limits: () => ({ bytesPerSecond: 10_000, maxPeers: 4 }) })
  const line = await open(await other())
  expect(await line.chunk(first)).toMatchObject({ type: 'chunk' })
  const answer = await line.chunk(first)
  expect(answer).toMatchObject({ type: 'busy' })
  if (answer.type === 'busy') expect(answer.retryAfterMs).toBeGreaterThan(60_000)
  line.close()
})

test('an accusation ends the line and is a strike; the third shuts the peer out', async () => {
  give()
  const from = await other()
  for (let time = 1; time <= 3; time += 1) {
    const line = await open(from)
    line.accuse('A chunk had another hash.')
    await expect(line.chunk(first)).rejects.toMatchObject({ code: 'protocol/malformed' })
  }
  await expect(open(from)).rejects.toMatchObject({ code: 'network/unreachable' })
})

test('a peer that asks without end and never reads is cut', async () => {
  give()
  const attacker = await createBareLibp2p()
  const connection = await attacker.dial(multiaddr(pair.offer.registration.addresses[0] ?? ''))
  const stream = await connection.newStream(blobProtocol)
  stream.pause()
  const frames = new FrameStream(stream, { ...askingSide, writeMs: 1_000 })
  for (let requestId = 1; requestId <= 2 * maxQueuedRequests && stream.status === 'open'; ) {
    const request = { type: 'chunk', hash: first, requestId } as const
    await frames.write(askingSide.encode(request)).catch(() => {})
    requestId += 1
  }
  await eventually(() => stream.status !== 'open')
  await attacker.stop()
})
