/**
 * The libp2p of a relay.
 * @module
 */
import { type CircuitRelayService, circuitRelayServer } from '@libp2p/circuit-relay-v2'
import { privateKeyFromRaw } from '@libp2p/crypto/keys'
import type { GossipSub } from '@libp2p/gossipsub'
import { type Identify, identify } from '@libp2p/identify'
import type { Libp2p } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { peerIdFromString } from '@libp2p/peer-id'
import { ping } from '@libp2p/ping'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import type { Multiaddr } from '@multiformats/multiaddr'
import { WeftError } from '@weft/protocol'
import { createLibp2p } from 'libp2p'
import { maxNewsBytes, maxUnsentBytes, newsTopic } from '../federation/constants.ts'
import { pingLineMs } from '../liveness.ts'
import { identifySome } from '../relays/identify-some.ts'
import { relayPeerId } from '../relays/known-relays.ts'
import { parseRelay, relayDialMs } from '../relays/relay-link.ts'
import {
  connectionsPerReservation,
  connectionsPerSecondPerHost,
  defaultMaxReservations,
  hopStreamsPerTab,
  maxPendingConnections,
  stopStreamsPerTab,
} from './constants.ts'
import type { RelayInit } from './create-relay.ts'

export type RelayGate = {
  refusesConnection: (remote: Multiaddr) => boolean
  refusesPeer: (peerId: string) => boolean
  refusesReservation: () => boolean
}

export type RelayLibp2p = {
  libp2p: Libp2p
  relay: CircuitRelayService
  /** null for a relay on its own. */
  gossip: GossipSub | null
}

type Services = {
  identify: Identify
  relay: CircuitRelayService
  gossip?: GossipSub
} & Record<string, unknown>

/** @throws WeftError `network/port-in-use`, `network/cannot-listen`, `network/relay-address` */
export async function startRelayLibp2p(init: RelayInit, gate: RelayGate): Promise<RelayLibp2p> {
  const { metrics, announce = [], fellows = [], maxReservations = defaultMaxReservations } = init
  for (const address of fellows) parseRelay(address)
  try {
    const libp2p = await createLibp2p<Services>({
      privateKey: privateKeyFromRaw(init.privateKey),
      addresses: { listen: [`/ip4/${init.host}/tcp/${init.port}/ws`], announce },
      transports: [webSockets()],
      connectionEncrypters: [noise()],
      // Its own pings say what those of Liveness say.
      streamMuxers: [yamux({ enableKeepAlive: false })],
      connectionGater: {
        denyInboundConnection: ({ remoteAddr }) => gate.refusesConnection(remoteAddr),
        denyInboundEncryptedConnection: (peer) => gate.refusesPeer(peer.toString()),
        denyInboundRelayReservation: () => gate.refusesReservation(),
        // The default denies loopback and plain websockets; only other relays are dialled.
        denyDialMultiaddr: () => false,
      },
      connectionManager: {
        maxConnections: connectionsPerReservation * maxReservations,
        inboundConnectionThreshold: connectionsPerSecondPerHost,
        maxIncomingPendingConnections: maxPendingConnections,
        inboundUpgradeTimeout: relayDialMs,
        // Relays are dialled again by their links.
        reconnectRetries: 0,
      },
      // Ours is Liveness.
      connectionMonitor: { enabled: false },
      services: {
        identify: identify({ runOnConnectionOpen: false }),
        ping: ping({ timeout: pingLineMs }),
        relay: circuitRelayServer({
          maxInboundHopStreams: hopStreamsPerTab,
          maxOutboundStopStreams: stopStreamsPerTab,
          // The limits of one circuit stay at 128 KiB and 2 minutes: an introduction takes 6 KB.
          reservations: { maxReservations },
        }),
        ...(fellows.length > 0 ? { gossip: await gossipAmong(fellows) } : {}),
      },
      ...(metrics ? { metrics } : {}),
      start: false,
    })
    const { relay, gossip = null } = libp2p.services
    const fellowIds = new Set(fellows.map(relayPeerId))
    identifySome(libp2p, (peerId) => fellowIds.has(peerId))
    await libp2p.start()
    return { libp2p, relay, gossip }
  } catch (cause) {
    throw listenError(init, cause)
  }
}

/**
 * Relays are one another's direct peers, outside of meshes and scores; whoever else speaks the
 * protocol, a tab for example, is scored so low that nothing is taken from it nor given to it.
 */
async function gossipAmong(fellows: readonly string[]) {
  // Only here: a relay on its own has no use for it.
  const { gossipsub } = await import('@libp2p/gossipsub')
  const stranger = -1_000
  return gossipsub({
    directPeers: fellows.map((address) => {
      return { id: peerIdFromString(relayPeerId(address) ?? ''), addrs: [] }
    }),
    scoreParams: {
      appSpecificScore: () => stranger,
      appSpecificWeight: 1,
      // Relays of one operator may share an address; who they are is configured.
      IPColocationFactorWeight: 0,
    },
    scoreThresholds: { gossipThreshold: -1, publishThreshold: -2, graylistThreshold: -3 },
    allowedTopics: [newsTopic],
    allowPublishToZeroTopicPeers: true,
    maxInboundDataLength: maxNewsBytes + 4096,
    maxOutboundBufferSize: maxUnsentBytes,
    doPX: false,
    fallbackToFloodsub: false,
  })
}

function listenError({ host, port }: RelayInit, cause: unknown): WeftError {
  const text = describe(cause)
  if (text.includes('EADDRINUSE')) {
    const message = `Port ${port} of ${host} is taken by another process.`
    return new WeftError('network/port-in-use', message, { cause })
  }
  const message = `The relay cannot listen on ${host}, port ${port}.`
  return new WeftError('network/cannot-listen', message, { facts: [text], cause })
}

function describe(cause: unknown): string {
  if (cause instanceof AggregateError) return cause.errors.map(describe).join(' ')
  return cause instanceof Error ? `${cause.message} ${describe(cause.cause ?? '')}` : String(cause)
}
