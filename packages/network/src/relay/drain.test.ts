import { multiaddr } from '@multiformats/multiaddr'
import { createPrivateKey } from '@weft/protocol'
import { afterEach, expect, test, vi } from 'vitest'
import { announcement, eventually, modelCid } from '../testing/fixtures.ts'
import { createBareLibp2p, createNodeNetwork } from '../testing/node-network.ts'
import { createRelay, type Relay, type RelayInit } from './index.ts'

vi.setConfig({ testTimeout: 40_000 })

const stops: (() => unknown)[] = []

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

async function open(init: Partial<RelayInit> = {}): Promise<Relay> {
  const place = { privateKey: createPrivateKey(), host: '127.0.0.1', port: 0 }
  const relay = await createRelay({ ...place, ...init })
  stops.push(() => relay.stop())
  return relay
}

test('a relay that ends says so: its tabs go on with their other one', async () => {
  const relays = await Promise.all([open(), open()])
  const [ending, staying] = relays
  const addresses = relays.map((relay) => relay.addresses()[0] ?? '')
  const { network } = await createNodeNetwork({ relays: addresses })
  stops.push(() => network.stop())
  network.announce(announcement)
  await eventually(() => relays.every((relay) => relay.counts().registered === 1))
  const drained = ending.drain(1_500)
  await eventually(() => network.status().relays[0]?.state === 'offline')
  expect(network.status().relays[1]?.state).toBe('online')
  expect(await network.findOffers({ role: 'models', modelCid })).toHaveLength(1)
  // Nothing new begins over it.
  const late = await createNodeNetwork({ relays: addresses })
  stops.push(() => late.network.stop())
  late.network.announce(announcement)
  await eventually(() => staying.counts().registered === 2)
  expect(ending.counts()).toMatchObject({ registered: 1, connections: 1 })
  await drained
  await ending.stop()
  expect(staying.counts().registered).toBe(2)
})

test('a relay without tabs has nothing to wait for', async () => {
  const relay = await open()
  const startedMs = performance.now()
  await relay.drain(60_000)
  expect(performance.now() - startedMs).toBeLessThan(10_000)
})

test('one address has so many connections', async () => {
  let refused = 0
  const relay = await open({
    connectionsPerAddress: 2,
    onRefusedConnection: () => {
      refused += 1
    },
  })
  const [address] = relay.addresses()
  const join = async () => {
    const { network } = await createNodeNetwork({ relays: [address ?? ''] })
    stops.push(() => network.stop())
    return network
  }
  const [first] = await Promise.all([join(), join()])
  await eventually(() => relay.counts().connections === 2)
  const third = await join()
  await eventually(() => third.status().relays[0]?.state === 'offline')
  expect(refused).toBeGreaterThan(0)
  await first?.stop()
  await eventually(() => third.status().relays[0]?.state === 'online', { ms: 20_000 })
})

test('and no more where many come at once', async () => {
  const relay = await open({ connectionsPerAddress: 2 })
  const [address = ''] = relay.addresses()
  const crowd = await Promise.all(Array.from({ length: 6 }, () => createBareLibp2p()))
  stops.push(() => Promise.all(crowd.map((each) => each.stop())))
  await Promise.allSettled(crowd.map((each) => each.dial(multiaddr(address))))
  await eventually(() => relay.counts().connections <= 2)
})
