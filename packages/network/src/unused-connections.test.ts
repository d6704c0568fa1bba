import { multiaddr } from '@multiformats/multiaddr'
import { afterEach, expect, test } from 'vitest'
import { eventually } from './testing/fixtures.ts'
import { createBareLibp2p } from './testing/node-network.ts'
import { UnusedConnections } from './unused-connections.ts'

const stops: (() => unknown)[] = []

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

test('what nobody uses is closed; what carries a stream, and the relay, stay', async () => {
  const near = await createBareLibp2p()
  stops.push(() => near.stop())
  const dial = async () => {
    const far = await createBareLibp2p()
    stops.push(() => far.stop())
    await far.handle('/test', () => {})
    return near.dial(multiaddr(far.getMultiaddrs()[0]?.toString() ?? ''))
  }
  const [unused, used, relay] = await Promise.all([dial(), dial(), dial()])
  const stream = await used.newStream('/test')
  const isKept = (peerId: string) => peerId === relay.remotePeer.toString()
  const watch = new UnusedConnections({ libp2p: near, isKept, limitMs: 500 })
  stops.push(() => watch.stop())
  await eventually(() => unused.status === 'closed')
  expect([used.status, relay.status]).toEqual(['open', 'open'])
  stream.abort(new Error('The test is over.'))
  await eventually(() => used.status === 'closed')
  expect(relay.status).toBe('open')
})
