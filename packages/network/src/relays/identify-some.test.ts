import { type Identify, identify } from '@libp2p/identify'
import type { Startable } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'libp2p'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../testing/fixtures.ts'
import { identifySome } from './identify-some.ts'

const identifyProtocol = '/ipfs/id/1.0.0'

const open = () =>
  createLibp2p<{ identify: Identify }>({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0/ws'] },
    transports: [webSockets()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionGater: { denyDialMultiaddr: () => false },
    services: { identify: identify({ runOnConnectionOpen: false }) },
  })
type Peer = Awaited<ReturnType<typeof open>>

async function restart(service: Startable): Promise<void> {
  await service.stop()
  await service.start()
}

let peers: [Peer, Peer, Peer]
beforeAll(async () => {
  peers = await Promise.all([open(), open(), open()])
})
afterAll(() => Promise.all(peers.map((peer) => peer.stop())))

test('who is to be asked is asked until it answers, nobody else at all', async () => {
  const [near, far, stranger] = peers
  identifySome(near, (peerId) => peerId === far.peerId.toString())
  const identified: string[] = []
  near.addEventListener('peer:identify', ({ detail }) => {
    identified.push(detail.peerId.toString())
  })
  let unanswered = 0
  await far.unhandle(identifyProtocol)
  await far.handle(identifyProtocol, (stream) => {
    unanswered += 1
    stream.abort(new Error('no time'))
  })
  for (const peer of [stranger, far]) await near.dial(peer.getMultiaddrs())
  await eventually(() => unanswered === 1)
  expect(identified).toEqual([])
  await far.unhandle(identifyProtocol)
  await restart(far.services.identify as Identify & Startable)
  await eventually(() => identified.length > 0)
  expect(identified).toEqual([far.peerId.toString()])
})
