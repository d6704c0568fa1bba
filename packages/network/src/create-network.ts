/**
 * The composition for a browser tab.
 * @module
 */
import { circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { privateKeyFromRaw } from '@libp2p/crypto/keys'
import { identify } from '@libp2p/identify'
import { noise } from '@libp2p/noise'
import { ping } from '@libp2p/ping'
import { webRTC } from '@libp2p/webrtc'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'libp2p'
import { pingLineMs } from './liveness.ts'
import type { Network, NetworkInit } from './network.ts'
import { identifySome } from './relays/identify-some.ts'
import { KnownRelays, relayPeerId } from './relays/known-relays.ts'
import { relayDialMs } from './relays/relay-link.ts'
import { Strikes } from './strikes.ts'
import { createNetworkFrom, cutConnections } from './tab-network.ts'

/**
 * Bytes of one message on a data channel. libp2p's 16 KiB are for implementations of long ago; browsers
 * of today take 64 KiB, the least that any of them announces, which moves megabytes faster. A little less,
 * for what is wrapped around it.
 */
const maxMessageSize = 64 * 1024 - 64

/**
 * Joins the network. Resolves without waiting for a relay: `status()` tells how that goes.
 * @throws WeftError `network/relay-address`
 */
export async function createNetwork({
  privateKey,
  relays,
  iceServers,
  region = null,
}: NetworkInit): Promise<Network> {
  const strikes = new Strikes()
  const knownRelays = new KnownRelays(relays)
  const libp2p = await createLibp2p({
    privateKey: privateKeyFromRaw(privateKey),
    // A bare circuit address per relay: reservations are then made anew after a relay's restart.
    addresses: { listen: [...relays.map(() => '/p2p-circuit'), '/webrtc'] },
    transports: [
      webSockets(),
      webRTC({ rtcConfiguration: { iceServers }, dataChannel: { maxMessageSize } }),
      circuitRelayTransport(),
    ],
    connectionEncrypters: [noise()],
    // Its own pings say what those of Liveness say.
    streamMuxers: [yamux({ enableKeepAlive: false })],
    connectionGater: {
      // The default denies loopback and ws; what matters is that no stranger chooses our sockets.
      denyDialMultiaddr: (address) => !knownRelays.admits(address.toString()),
      denyDialPeer: (peer) => strikes.isRefused(peer.toString()),
      denyInboundEncryptedConnection: (peer) => strikes.isRefused(peer.toString()),
    },
    // Relays are dialled again by their links; a second loop would only compete.
    connectionManager: { reconnectRetries: 0, dialTimeout: relayDialMs },
    // Ours is Liveness.
    connectionMonitor: { enabled: false },
    services: {
      identify: identify({ runOnConnectionOpen: false }),
      ping: ping({ timeout: pingLineMs }),
    },
  })
  const ownRelays = new Set(relays.map(relayPeerId))
  identifySome(libp2p, (peerId) => ownRelays.has(peerId))
  const network = await createNetworkFrom({
    libp2p,
    privateKey,
    relays,
    region,
    strikes,
    knownRelays,
  })
  const leave = () => void cutConnections(libp2p)
  // A worker and a process have no page that goes.
  globalThis.addEventListener?.('pagehide', leave)
  libp2p.addEventListener('stop', () => globalThis.removeEventListener?.('pagehide', leave))
  return network
}
