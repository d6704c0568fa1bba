import { RELAY_V2_HOP_CODEC } from '@libp2p/circuit-relay-v2'
import type { Connection, Stream } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import {
  type ClientMessage,
  clientMessageSchema,
  createPrivateKey,
  encode,
  type PrivateKey,
  peerIdFromPrivateKey,
  signRegistration,
  WeftError,
} from '@weft/protocol'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { blobProtocol } from './blob/constants.ts'
import { directoryProtocol } from './directory/constants.ts'
import { clientSide, inferProtocol } from './infer/constants.ts'
import { layersProtocol } from './layers/constants.ts'
import { answerWithWords, createTestJob, eventually, modelCid } from './testing/fixtures.ts'
import { createBareLibp2p } from './testing/node-network.ts'
import { createPair, type Pair } from './testing/pair.ts'
import { FrameStream } from './wire/frame-stream.ts'

let pair: Pair

beforeAll(async () => {
  pair = await createPair()
  const { network, privateKey } = pair.node
  network.handleJobs((incoming) => answerWithWords(incoming, { privateKey, count: 3 }))
})

afterAll(() => pair.stop())

type Target = { address: string; protocol: string; key?: PrivateKey }

/** Each attempt is a new peer: one that has struck out would no longer be heard. */
async function attack(
  { address, protocol, key = createPrivateKey() }: Target,
  bytes: Uint8Array,
): Promise<void> {
  const attacker = await createBareLibp2p(key)
  try {
    const connection: Connection = await attacker.dial(multiaddr(address))
    const stream: Stream = await connection.newStream(protocol)
    const ended = new Promise<void>((resolve) => {
      stream.addEventListener('close', () => resolve())
      stream.addEventListener('remoteCloseWrite', () => resolve())
    })
    stream.send(bytes)
    await stream.close().catch(() => {})
    await ended
  } finally {
    await attacker.stop()
  }
}

const nodeAddress = () => pair.offer.registration.addresses[0] ?? ''
const node = (): Target => ({ address: nodeAddress(), protocol: inferProtocol })
const relay = (): Target => ({
  address: pair.relay.addresses()[0] ?? '',
  protocol: directoryProtocol,
})

/** Noise, noise in a frame, and frames that promise more than they hold. */
const brokenBytes = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 300 }),
  fc.uint8Array({ minLength: 1, maxLength: 120 }).map((bytes) => frame(bytes)),
  fc.uint8Array({ minLength: 1, maxLength: 64 }).map((bytes) => frame(bytes).subarray(0, -1)),
  fc.constant(new Uint8Array(64).fill(0xff)),
  fc.constant(new Uint8Array(64).fill(0x80)),
)

function frame(bytes: Uint8Array): Uint8Array {
  return Uint8Array.from([bytes.length, ...bytes])
}

test('no bytes bring down a node', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(inferProtocol, blobProtocol, layersProtocol),
      brokenBytes,
      (protocol, bytes) => attack({ ...node(), protocol }, bytes),
    ),
    { numRuns: 25 },
  )
  await expectAlive()
})

test('no bytes bring down a relay', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(directoryProtocol, RELAY_V2_HOP_CODEC),
      brokenBytes,
      (protocol, bytes) => attack({ ...relay(), protocol }, bytes),
    ),
    { numRuns: 25 },
  )
  await expectAlive()
})

test('well-formed messages in any order bring down no node', { timeout: 60_000 }, async () => {
  const type = fc.constantFrom('job', 'accept', 'credit', 'voucher', 'cancel')
  const sequences = fc.array(type, { minLength: 1, maxLength: 6 })
  await fc.assert(
    fc.asyncProperty(sequences, (types) => {
      const key = createPrivateKey()
      const { job, nonce } = createTestJob(peerIdFromPrivateKey(key))
      const values: Record<ClientMessage['type'], ClientMessage> = {
        job: { type: 'job', job, answered: [], payment: null },
        accept: { type: 'accept', nonce, credits: 1, voucher: null },
        credit: { type: 'credit', credits: 1024 },
        voucher: {
          type: 'voucher',
          voucher: { maxClaimableWei: 1n, signature: new Uint8Array(64) },
        },
        cancel: { type: 'cancel' },
      }
      const bytes = types.flatMap((name) => {
        const body = encode('message', clientMessageSchema, values[name])
        return [(body.length % 128) + 128, Math.floor(body.length / 128), ...body]
      })
      return attack({ ...node(), key }, Uint8Array.from(bytes))
    }),
    { numRuns: 25 },
  )
  await expectAlive()
})

test('a peer that keeps sending noise is cut and then refused', { timeout: 20_000 }, async () => {
  const attacker = await createBareLibp2p()
  const connection = await attacker.dial(multiaddr(nodeAddress()))
  for (let index = 0; index < 3; index += 1) {
    const stream = await connection.newStream(inferProtocol)
    stream.send(Uint8Array.of(3, 1, 2, 3))
    if (index < 2) await eventually(() => stream.status !== 'open')
  }
  const isConnected = () => pair.node.libp2p.getConnections(attacker.peerId).length > 0
  await eventually(() => !isConnected())
  connection.abort(new Error('try again'))
  await attacker.dial(multiaddr(nodeAddress())).catch(() => {})
  await eventually(() => !isConnected())
  await attacker.stop()
  await expectAlive()
})

test('a broken message is quoted in part, however long it is', { timeout: 20_000 }, async () => {
  const privateKey = createPrivateKey()
  const attacker = await createBareLibp2p(privateKey)
  const served = Promise.withResolvers<Stream>()
  await attacker.handle(inferProtocol, served.resolve)
  const { client } = pair
  const addresses = attacker.getMultiaddrs().map((address) => address.toString())
  const peerId = attacker.peerId.toString()
  const { signature: _, ...unsigned } = pair.offer.registration
  const registration = signRegistration({ ...unsigned, peerId, addresses }, privateKey)
  const { job } = createTestJob(client.network.peerId)
  const call = client.network.callNode(registration, job)
  const refused = expect(call).rejects.toSatisfy(
    (error) =>
      WeftError.is(error) &&
      error.code === 'protocol/malformed' &&
      error.facts.join('').includes('xxx') &&
      error.facts.every((fact) => fact.length <= 200),
  )
  // CBOR of { type: "error", "xxx…": "" }.
  const length = 100_000
  const head = [0xa2, 0x64, ...Buffer.from('type'), 0x65, ...Buffer.from('error'), 0x7a]
  const key = Buffer.alloc(4 + length, 'x')
  key.writeUInt32BE(length)
  const stream = await served.promise
  await new FrameStream(stream, clientSide).write(Uint8Array.from([...head, ...key, 0x60]))
  await refused
  await attacker.stop()
})

async function expectAlive(): Promise<void> {
  const { network } = pair.client
  const [offer] = await network.findOffers({ role: 'models', modelCid })
  if (!offer) throw new Error('the relay has lost the node')
  const { job, nonce } = createTestJob(network.peerId)
  const call = await network.callNode(offer.registration, job)
  const types: string[] = []
  for await (const { type } of call.accept(nonce)) types.push(type)
  expect(types).toEqual(['delta', 'delta', 'delta', 'receipt'])
}
