import { createPrivateKey, peerIdFromPrivateKey } from '@weft/protocol'
import { expect, test } from 'vitest'
import { KnownRelays } from '../relays/known-relays.ts'
import { routeTo } from './dialer.ts'

const [relayId, otherId, nodeId] = [1, 2, 3].map(() => peerIdFromPrivateKey(createPrivateKey()))
const relay = `/ip4/127.0.0.1/tcp/4001/ws/p2p/${relayId}`
const routes = (address: string) =>
  routeTo(address, nodeId ?? '', new KnownRelays([relay])).map((route) => route.toString())

test('a registration chooses the relay, but never the host that is dialled', () => {
  const elsewhere = `/ip4/192.168.0.1/tcp/80/ws/p2p/${relayId}/p2p-circuit/webrtc/p2p/${nodeId}`
  expect(routes(elsewhere)).toEqual([`${relay}/p2p-circuit/webrtc/p2p/${nodeId}`])
})

test('an address over an unknown relay, and one that is no address, lead nowhere', () => {
  expect(routes(`/ip4/127.0.0.1/tcp/1/ws/p2p/${otherId}/p2p-circuit/webrtc`)).toEqual([])
  expect(routes('nonsense')).toEqual([])
})
