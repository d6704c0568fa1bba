import { getEventListeners } from 'node:events'
import { createPrivateKey, peerIdFromPrivateKey } from '@weft/protocol'
import { afterEach, expect, test, vi } from 'vitest'
import { createRelay } from '../relay/index.ts'
import { eventually } from '../testing/fixtures.ts'
import { createBareLibp2p } from '../testing/node-network.ts'
import { RelayLink } from './relay-link.ts'

vi.setConfig({ testTimeout: 20_000 })

const stops: (() => unknown)[] = []

afterEach(async () => {
  vi.unstubAllGlobals()
  for (const stop of stops.splice(0).reverse()) await stop()
})

async function startRelay(): Promise<string> {
  const relay = await createRelay({ privateKey: createPrivateKey(), host: '127.0.0.1', port: 0 })
  stops.push(() => relay.stop())
  return relay.addresses()[0] ?? ''
}

async function link(address: string, { isRefused = false } = {}) {
  const strikes = isRefused ? { isRefused: () => true } : undefined
  const libp2p = await createBareLibp2p(undefined, strikes)
  stops.push(() => libp2p.stop())
  const created = new RelayLink({ libp2p, address, onChange: () => {}, onStreamLost: () => {} })
  stops.push(() => created.stop())
  return { libp2p, link: created }
}

async function offlineDetail(address: string, options: { isRefused?: boolean } = {}) {
  const { link: dialling } = await link(address, options)
  dialling.start()
  await eventually(() => dialling.status.state === 'offline')
  return dialling.status.detail
}

test('an address with another PeerId, one where nothing listens, and a relay that is refused', async () => {
  const address = await startRelay()
  const [socket = '', peerId = ''] = address.split('/p2p/')
  const stranger = peerIdFromPrivateKey(createPrivateKey())
  expect(await offlineDetail(`${socket}/p2p/${stranger}`)).toContain('Another relay answers')
  expect(await offlineDetail(`/ip4/127.0.0.1/tcp/1/ws/p2p/${peerId}`)).toContain('does not answer')
  expect(await offlineDetail(address, { isRefused: true })).toContain('too many broken messages')
})

test('a link that reconnects leaves no listener behind', async () => {
  const address = await startRelay()
  const made: AbortController[] = []
  vi.stubGlobal(
    'AbortController',
    class extends AbortController {
      constructor() {
        super()
        made.push(this)
      }
    },
  )
  const { libp2p, link: connected } = await link(address)
  vi.unstubAllGlobals()
  connected.start()
  const listeners = () =>
    made.reduce((sum, { signal }) => sum + getEventListeners(signal, 'abort').length, 0)
  const isOnline = () => connected.status.state === 'online'
  await eventually(isOnline)
  const first = listeners()
  expect(first).toBeGreaterThan(0)
  for (let round = 0; round < 3; round += 1) {
    for (const connection of libp2p.getConnections()) await connection.close()
    await eventually(() => !isOnline())
    await eventually(isOnline)
  }
  expect(listeners()).toBe(first)
})
