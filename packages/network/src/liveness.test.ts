import type { Connection, StreamHandler } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { afterEach, expect, test } from 'vitest'
import { countedMs, Liveness, paceOfTab, relayPace } from './liveness.ts'
import { eventually } from './testing/fixtures.ts'
import { createBareLibp2p } from './testing/node-network.ts'

const stops: (() => unknown)[] = []

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

type Watched = { connection: Connection; liveness: Liveness }

async function watch({ onPing }: { onPing?: StreamHandler } = {}): Promise<Watched> {
  const [near, far] = await Promise.all([createBareLibp2p(), createBareLibp2p()])
  stops.push(
    () => near.stop(),
    () => far.stop(),
  )
  if (onPing) {
    await far.unhandle('/ipfs/ping/1.0.0')
    await far.handle('/ipfs/ping/1.0.0', onPing)
  }
  const liveness = new Liveness({
    libp2p: near,
    paceOf: paceOfTab(new Map()),
  })
  stops.push(() => liveness.stop())
  const connection = await near.dial(multiaddr(far.getMultiaddrs()[0]?.toString() ?? ''))
  return { connection, liveness }
}

function blockThread(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

test('a peer that no longer answers is cut', { timeout: 20_000 }, async () => {
  const { connection } = await watch({ onPing: () => {} })
  await eventually(() => connection.status !== 'open', { ms: 10_000 })
})

test('the round trip of a live connection is known within a moment', async () => {
  const { connection, liveness } = await watch()
  expect(liveness.rttMs(connection)).toBeNull()
  expect(await eventually(() => liveness.rttMs(connection))).toBeLessThan(5_000)
})

test('a peer that answers before it is asked is cut', async () => {
  const { connection } = await watch({
    onPing: (stream) => {
      stream.send(new Uint8Array(64))
    },
  })
  await eventually(() => connection.status !== 'open')
})

test('pings share a stream; a peer that ends it is asked over another', {
  timeout: 20_000,
}, async () => {
  const [near, far] = await Promise.all([createBareLibp2p(), createBareLibp2p()])
  stops.push(
    () => near.stop(),
    () => far.stop(),
  )
  let pings = 0
  let streams = 0
  await far.unhandle('/ipfs/ping/1.0.0')
  await far.handle('/ipfs/ping/1.0.0', (stream) => {
    streams += 1
    stream.addEventListener('message', ({ data }) => {
      if (stream.writeStatus !== 'writable') return
      pings += 1
      stream.send(data)
      if (pings === 3) void stream.close()
    })
  })
  const paceOf = () => ({ everyMs: 0, lossMs: 5_000 })
  const liveness = new Liveness({ libp2p: near, paceOf })
  stops.push(() => liveness.stop())
  const connection = await near.dial(multiaddr(far.getMultiaddrs()[0]?.toString() ?? ''))
  await eventually(() => pings >= 6)
  expect([connection.status, streams]).toEqual(['open', 2])
  await eventually(() => connection.streams.length === 1)
})

test('a peer that is heard is alive, and is not asked', { timeout: 20_000 }, async () => {
  const [near, far] = await Promise.all([createBareLibp2p(), createBareLibp2p()])
  stops.push(
    () => near.stop(),
    () => far.stop(),
  )
  let pings = 0
  await far.unhandle('/ipfs/ping/1.0.0')
  await far.handle('/ipfs/ping/1.0.0', (stream) => {
    stream.addEventListener('message', ({ data }) => {
      pings += 1
      if (pings === 1) stream.send(data)
    })
  })
  const liveness = new Liveness({ libp2p: near, paceOf: () => ({ everyMs: 600, lossMs: 400 }) })
  stops.push(() => liveness.stop())
  const connection = await near.dial(multiaddr(far.getMultiaddrs()[0]?.toString() ?? ''))
  await eventually(() => liveness.rttMs(connection) !== null)
  const hearing = setInterval(() => liveness.heard(connection), 50)
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  expect([connection.status, pings]).toEqual(['open', 1])
  clearInterval(hearing)
  await eventually(() => connection.status !== 'open')
})

test('a busy moment of our own page cuts nobody', { timeout: 20_000 }, async () => {
  const { connection } = await watch()
  await new Promise((resolve) => setTimeout(resolve, 2_100))
  blockThread(5_500)
  await new Promise((resolve) => setTimeout(resolve, 500))
  expect(connection.status).toBe('open')
})

test('while one relay is asked, or a node is late, all relays are watched closely', async () => {
  const [near, ...far] = await Promise.all([1, 2, 3].map(() => createBareLibp2p()))
  stops.push(() => Promise.all([near?.stop(), ...far.map((each) => each.stop())]))
  if (!near) throw new Error('no peer')
  const dial = (each: (typeof far)[number]) =>
    near.dial(multiaddr(each.getMultiaddrs()[0]?.toString() ?? ''))
  const connections = await Promise.all(far.map(dial))
  let isAsked = false
  const [first, second] = connections.map(({ remotePeer }) => remotePeer.toString())
  const relays = new Map([
    [first ?? '', () => isAsked],
    [second ?? '', () => false],
  ])
  const paceOf = paceOfTab(relays)
  const paces = (isAnyLate: boolean) => connections.map((each) => paceOf(each, isAnyLate))
  expect(paces(false)).toEqual([relayPace, relayPace])
  const whenLate = paces(true)
  isAsked = true
  const [ofAsked, ofOther] = paces(false)
  expect(ofOther).toEqual(ofAsked)
  expect(whenLate).toEqual([ofAsked, ofOther])
  expect(ofAsked?.everyMs).toBeLessThan(relayPace.everyMs)
})

test.each([
  ['a look as planned', 200, 200, 200],
  ['our page was busy', 5_000, 200, 400],
  ['and busy again', 5_000, 5_000, 1_100],
  ['hidden, for the first time', 1_000, 200, 400],
  ['hidden: once a second', 1_000, 1_000, 1_000],
  ['in view again', 200, 1_000, 200],
])('%s', (_, gapMs, beforeMs, counted) => {
  expect(countedMs(gapMs, beforeMs)).toBe(counted)
})
