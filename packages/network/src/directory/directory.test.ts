import type { Libp2p } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import {
  createPrivateKey,
  type DirectoryRequest,
  directoryRequestSchema,
  encode,
  encodeRegistration,
  limits,
  type OfferRole,
  type PrivateKey,
  peerIdFromPrivateKey,
  type Registration,
  signRegistration,
} from '@weft/protocol'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createRelay, type Relay } from '../relay/index.ts'
import { announcement, anyQuery, eventually, modelCid, unannounced } from '../testing/fixtures.ts'
import { createBareLibp2p, createNodeNetwork } from '../testing/node-network.ts'
import { MessageStream } from '../wire/message-stream.ts'
import { directoryProtocol, relaySide, tabSide } from './constants.ts'
import { DirectoryClient } from './directory-client.ts'

vi.setConfig({ testTimeout: 20_000 })

const otherCid = `b${'c'.repeat(58)}`
const ofModel = { role: 'models', modelCid } as const
const anyModel = { role: 'models', modelCid: null } as const

const relayKey = createPrivateKey()
const stops: (() => unknown)[] = []
let relay: Relay
let address: string

beforeEach(async () => {
  relay = await createRelay({ privateKey: relayKey, host: '127.0.0.1', port: 0 })
  stops.push(() => relay.stop())
  address = relay.addresses()[0] ?? ''
})

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

async function join(relays = [address]) {
  const node = await createNodeNetwork({ relays })
  stops.push(() => node.network.stop())
  return node
}

async function connectBare(privateKey: PrivateKey = createPrivateKey()) {
  const libp2p: Libp2p = await createBareLibp2p(privateKey)
  stops.push(() => libp2p.stop())
  const connection = await libp2p.dial(multiaddr(address))
  const directory = new DirectoryClient({
    connection,
    onStreamLost: () => {},
    onDraining: () => {},
  })
  return { connection, directory }
}

function register(privateKey: PrivateKey, changes: Partial<Registration> = {}): Registration {
  const peerId = peerIdFromPrivateKey(privateKey)
  const unsigned = {
    version: 1 as const,
    peerId,
    sequence: 1,
    ...unannounced,
    ...announcement,
    addresses: [`/ip4/127.0.0.1/tcp/1/ws/p2p/${peerId}`],
  }
  return { ...signRegistration(unsigned, privateKey), ...changes }
}

test('a node that announces itself is found, with its load, until it stops', async () => {
  const node = await join()
  const client = await join()
  const handle = node.network.announce(announcement)
  await eventually(() => relay.counts().registered === 1)
  handle.setActiveJobs(2)
  const offer = await eventually(async () => {
    const [found] = await client.network.findOffers(ofModel)
    return found?.activeJobs === 2 ? found : undefined
  })
  expect(offer.registration.peerId).toBe(node.network.peerId)
  expect(await client.network.findOffers({ role: 'models', modelCid: otherCid })).toEqual([])
  expect(await client.network.findOffers(anyModel)).toHaveLength(1)
  await handle.stop()
  await eventually(async () => (await client.network.findOffers(ofModel)).length === 0)
})

test('a node that goes away is forgotten with its stream', async () => {
  const node = await join()
  node.network.announce(announcement)
  await eventually(() => relay.counts().registered === 1)
  await node.network.stop()
  await eventually(() => relay.counts().registered === 0)
})

test('what is announced in several places is one registration', async () => {
  const node = await join()
  const client = await join()
  const found = async (role: OfferRole) => {
    const [offer] = await client.network.findOffers({ role, modelCid })
    return offer
  }
  const models = node.network.announce(announcement)
  const stores = node.network.announce({ stores: [modelCid, otherCid] })
  const layers = node.network.announce({ layers: [{ modelCid, part: 1 }], maxJobs: 1 })
  models.setActiveJobs(1)
  layers.setActiveJobs(1)
  const whole = await eventually(async () => {
    const offer = await found('layers')
    return offer?.activeJobs === 2 ? offer : undefined
  })
  expect(whole.registration).toMatchObject({ maxJobs: 3, stores: [modelCid, otherCid] })
  expect(relay.counts().registered).toBe(1)
  await models.stop()
  await eventually(async () => (await found('models')) === undefined)
  expect(await found('stores')).toMatchObject({ registration: { models: [], maxJobs: 1 } })
  await Promise.all([stores.stop(), layers.stop()])
  await eventually(() => relay.counts().registered === 0)
})

test('a node with many short jobs tells its load now and then, and how it ends', async () => {
  const answers: string[] = []
  const busy = await createRelay({
    privateKey: createPrivateKey(),
    host: '127.0.0.1',
    port: 0,
    onRequest: (type) => answers.push(type),
  })
  stops.push(() => busy.stop())
  const { network } = await join(busy.addresses())
  const handle = network.announce(announcement)
  await eventually(() => busy.counts().registered === 1)
  const before = answers.length
  for (let job = 0; job < 100; job += 1) {
    handle.setActiveJobs(1)
    handle.setActiveJobs(0)
  }
  handle.setActiveJobs(2)
  await eventually(async () => (await network.findOffers(ofModel))[0]?.activeJobs === 2)
  expect(answers.slice(before).filter((type) => type === 'heartbeat').length).toBeLessThan(10)
})

test('a registration that was under way when its node stopped does not stay', async () => {
  const node = await join()
  await eventually(() => node.network.status().relays[0]?.state === 'online')
  await node.network.announce(announcement).stop()
  await new Promise((resolve) => setTimeout(resolve, 200))
  await eventually(() => relay.counts().registered === 0)
})

test('a registration over the limit costs its sender the stream', async () => {
  const privateKey = createPrivateKey()
  const { connection } = await connectBare(privateKey)
  const stream = await connection.newStream(directoryProtocol)
  const price = { inputWeiPerMillion: 10n ** 77n, outputWeiPerMillion: 10n ** 77n }
  const models = announcement.models.flatMap((model) =>
    Array.from({ length: limits.maxModelsPerNode }, () => ({
      ...model,
      price,
      engine: { ...model.engine, runtime: 'r'.repeat(100), device: 'd'.repeat(200) },
    })),
  )
  const format = {
    ...tabSide,
    encode: (request: DirectoryRequest) => encode('request', directoryRequestSchema, request),
  }
  const messages = new MessageStream({ stream, format, onOffence: () => {} })
  const registration = register(privateKey, { models })
  await messages.write({ type: 'register', requestId: 1, registration, work: null })
  await expect(messages.read()).rejects.toMatchObject({ code: 'network/stream-lost' })
  expect(relay.counts().registered).toBe(0)
})

test('a registration must be signed, by the peer that sends it, and newer than the last', async () => {
  const privateKey = createPrivateKey()
  const { directory } = await connectBare(privateKey)
  const put = (registration: Registration) =>
    directory.request({ type: 'register', registration, work: null })
  await expect(put(register(privateKey, { maxJobs: 9 }))).rejects.toMatchObject({
    code: 'protocol/signature',
  })
  await expect(put(register(createPrivateKey()))).rejects.toMatchObject({
    code: 'protocol/registration',
  })
  expect(relay.counts().registered).toBe(0)
  await put(register(privateKey))
  await expect(put(register(privateKey))).rejects.toMatchObject({
    code: 'network/stale-registration',
  })
  expect(relay.counts().registered).toBe(1)
})

test('a node is back within seconds after the relay restarts, and who asks meanwhile waits', async () => {
  const node = await join()
  node.network.announce(announcement)
  await eventually(() => relay.counts().registered === 1)
  const port = Number(address.split('/')[4])
  // The stream is being opened when the relay goes.
  const client = await join()
  await eventually(() => client.network.status().relays[0]?.state === 'online')
  const stopped = relay.stop()
  const askedEarly = client.network.findOffers(anyModel)
  askedEarly.catch(() => {})
  await stopped
  await eventually(() => node.network.status().relays[0]?.state === 'offline')
  const asked = node.network.findOffers(anyModel)
  relay = await createRelay({ privateKey: relayKey, host: '127.0.0.1', port })
  await Promise.all([askedEarly, asked])
  await eventually(() => relay.counts().registered === 1)
  expect(node.network.status().relays).toEqual([{ address, state: 'online', detail: null }])
})

test('two relays are asked at once and one of them may be down', async () => {
  const second = await createRelay({ privateKey: createPrivateKey(), host: '127.0.0.1', port: 0 })
  stops.push(() => second.stop())
  const relays = [address, second.addresses()[0] ?? '']
  const node = await join(relays)
  const client = await join(relays)
  node.network.announce(announcement)
  await eventually(() => relay.counts().registered + second.counts().registered === 2)
  await eventually(() => client.network.status().relays.every(({ state }) => state === 'online'))
  expect(await client.network.findOffers(ofModel)).toHaveLength(1)
  await second.stop()
  expect(await client.network.findOffers(ofModel)).toHaveLength(1)
})

test('messages over the rate are refused, a flood ends the stream and then the connection', async () => {
  const { connection, directory } = await connectBare()
  const flood = () =>
    Promise.allSettled(Array.from({ length: 400 }, () => directory.request(anyQuery)))
  const results = await flood()
  const reasons = results.map((result) =>
    result.status === 'fulfilled' ? 'answered' : String(result.reason.code),
  )
  expect(reasons.slice(0, 60)).toEqual(Array.from({ length: 60 }, () => 'answered'))
  expect(reasons).toContain('network/too-many-messages')
  expect(reasons).toContain('network/stream-lost')
  await flood()
  await flood()
  await eventually(() => relay.counts().connections === 0 && connection.status !== 'open')
})

/** @returns the address of a relay that answers every question with these */
async function lie(...registrations: Registration[]): Promise<string> {
  const liar = await createBareLibp2p()
  stops.push(() => liar.stop())
  await liar.handle(directoryProtocol, async (stream) => {
    const messages = new MessageStream({ stream, format: relaySide, onOffence: () => {} })
    const offers = registrations.map((registration) => ({
      registration: encodeRegistration(registration),
      activeJobs: 0,
    }))
    for (;;) {
      const request = await messages.read()
      if (!request) return
      const { requestId } = request
      await messages.write({ type: 'offers', requestId, offers, total: offers.length, relays: [] })
    }
  })
  return liar.getMultiaddrs()[0]?.toString() ?? ''
}

test('an offer that its node did not sign is left out', async () => {
  const honest = register(createPrivateKey())
  const client = await join([await lie(honest, register(createPrivateKey(), { maxJobs: 99 }))])
  const offers = await client.network.findOffers(anyModel)
  expect(offers.map(({ registration }) => registration.peerId)).toEqual([honest.peerId])
})

test('an offer that its node did not sign is not called, where it was not checked before', async () => {
  const { network } = await join([await lie(register(createPrivateKey(), { maxJobs: 99 }))])
  const [madeUp] = await network.findOffers({ ...anyModel, checksLater: true })
  if (!madeUp) throw new Error('no offer')
  await expect(network.reach(madeUp.registration)).rejects.toMatchObject({
    code: 'network/false-offer',
  })
})

test.each([false, true])(
  'what one relay makes up does not hide what another one knows, checked later: %s',
  async (checksLater) => {
    const privateKey = createPrivateKey()
    const honest = register(privateKey)
    const { directory } = await connectBare(privateKey)
    await directory.request({ type: 'register', registration: honest, work: null })
    const forged = { ...honest, sequence: 1_000, maxJobs: 99 }
    const client = await join([address, await lie(forged)])
    await eventually(() => client.network.status().relays.every(({ state }) => state === 'online'))
    // Who has the lie does not wait for long for the other relay.
    await vi.waitFor(async () => {
      const offers = await client.network.findOffers({ ...ofModel, checksLater })
      expect(offers.map(({ registration }) => registration)).toEqual([honest])
    }, 15_000)
  },
)
