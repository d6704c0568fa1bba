/**
 * The same network over websockets between Node processes, where there is no RTCPeerConnection.
 * @module
 */
import { privateKeyFromRaw } from '@libp2p/crypto/keys'
import { identify } from '@libp2p/identify'
import type { Libp2p } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { ping } from '@libp2p/ping'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { createPrivateKey, type PrivateKey } from '@weft/protocol'
import { createLibp2p } from 'libp2p'
import { pingLineMs } from '../liveness.ts'
import type { Network } from '../network.ts'
import { KnownRelays } from '../relays/known-relays.ts'
import { relayDialMs } from '../relays/relay-link.ts'
import { Strikes } from '../strikes.ts'
import { createNetworkFrom } from '../tab-network.ts'

export type NodeNetwork = { network: Network; libp2p: Libp2p; privateKey: PrivateKey }

/** Under which port others are told to dial the one listened on: that of a line in between. */
export type AnnouncedPort = (listening: number) => number

export type NodeNetworkInit = {
  relays?: string[]
  privateKey?: PrivateKey
  announcedPort?: AnnouncedPort
}

/** Listens on a free loopback port, so that other peers can dial it directly. */
export async function createNodeNetwork({
  relays = [],
  privateKey = createPrivateKey(),
  announcedPort = (listening) => listening,
}: NodeNetworkInit = {}): Promise<NodeNetwork> {
  const strikes = new Strikes()
  const libp2p = await createBareLibp2p(privateKey, strikes, announcedPort)
  const network = await createNetworkFrom({
    libp2p,
    privateKey,
    relays,
    strikes,
    knownRelays: new KnownRelays(relays),
  })
  return { network, libp2p, privateKey }
}

export function createBareLibp2p(
  privateKey: PrivateKey = createPrivateKey(),
  strikes: Pick<Strikes, 'isRefused'> = new Strikes(),
  announcedPort: AnnouncedPort = (listening) => listening,
): Promise<Libp2p> {
  const announced = (address: Multiaddr) =>
    multiaddr(
      address
        .toString()
        .replace(/\/tcp\/(\d+)/, (_, port) => `/tcp/${announcedPort(Number(port))}`),
    )
  return createLibp2p({
    privateKey: privateKeyFromRaw(privateKey),
    addresses: {
      listen: ['/ip4/127.0.0.1/tcp/0/ws'],
      announceFilter: (addresses) => addresses.map(announced),
    },
    transports: [webSockets()],
    connectionEncrypters: [noise()],
    // Its own pings say what those of Liveness say.
    streamMuxers: [yamux({ enableKeepAlive: false })],
    connectionGater: {
      denyDialPeer: (peer) => strikes.isRefused(peer.toString()),
      denyInboundEncryptedConnection: (peer) => strikes.isRefused(peer.toString()),
    },
    // Tests dial faster than a single stranger may.
    connectionManager: {
      reconnectRetries: 0,
      inboundConnectionThreshold: 1_000,
      dialTimeout: relayDialMs,
    },
    // Ours is Liveness.
    connectionMonitor: { enabled: false },
    services: {
      identify: identify({ runOnConnectionOpen: false }),
      ping: ping({ timeout: pingLineMs }),
    },
  })
}
