/**
 * The relay: introduces tabs to each other and knows who serves what. No job passes through it.
 * @module
 */
import { type CircuitRelayService, circuitRelayServer } from '@libp2p/circuit-relay-v2'
import { privateKeyFromRaw } from '@libp2p/crypto/keys'
import { identify } from '@libp2p/identify'
import type { Connection } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { ping } from '@libp2p/ping'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { type DirectoryRequest, type PrivateKey, WeftError } from '@weft/protocol'
import { createLibp2p, type Libp2pOptions } from 'libp2p'
import { directoryProtocol } from '../directory/constants.ts'
import { DirectoryServer } from '../directory/directory-server.ts'
import { DirectoryTable } from '../directory/directory-table.ts'
import { Liveness, relayPace } from '../liveness.ts'
import { Strikes } from '../strikes.ts'
import { cutConnection } from '../wire/cut-connection.ts'
import {
  connectionsPerReservation,
  connectionsPerSecondPerHost,
  defaultMaxReservations,
  hopStreamsPerTab,
  maxPendingConnections,
  stopStreamsPerTab,
} from './constants.ts'

export type RelayInit = {
  /** 32 bytes; the relay's PeerId survives restarts with it. */
  privateKey: PrivateKey
  host: string
  /** 0 takes any free port. */
  port: number
  /** Multiaddrs to tell instead of the one listened on, behind a TLS proxy. */
  announce?: string[]
  /** Tabs that can be introduced, and nodes that the directory knows. */
  maxReservations?: number
  /** e.g. `prometheusMetrics()` of @libp2p/prometheus-metrics. */
  metrics?: NonNullable<Libp2pOptions['metrics']>
  onRequest?: (type: DirectoryRequest['type']) => void
}

export interface Relay {
  readonly peerId: string
  /** Multiaddrs, each ending in `/p2p/<PeerId>`. */
  addresses(): string[]
  counts(): RelayCounts
  /** Ends all streams and connections. */
  stop(): Promise<void>
}

export type RelayCounts = { registered: number; reservations: number; connections: number }

/** @throws WeftError `network/port-in-use`, `network/cannot-listen` */
export async function createRelay(init: RelayInit): Promise<Relay> {
  const strikes = new Strikes()
  const libp2p = await startLibp2p(init, strikes)
  const table = new DirectoryTable({ maxEntries: init.maxReservations ?? defaultMaxReservations })
  const onOffence = (connection: Connection) => {
    if (!strikes.record(connection.remotePeer.toString())) return
    const error = new WeftError('network/struck-out', 'Too many broken messages.')
    void cutConnection(connection, error)
  }
  const { onRequest } = init
  // A hidden tab answers pings even when its timers sleep.
  const liveness = new Liveness({ libp2p, paceOf: () => relayPace })
  const server = new DirectoryServer({ table, onOffence, ...(onRequest ? { onRequest } : {}) })
  await libp2p.handle(
    directoryProtocol,
    (stream, connection) => server.serve(stream, connection),
    // One in use and one that is just being replaced.
    { maxInboundStreams: 2 },
  )
  return {
    peerId: libp2p.peerId.toString(),
    addresses: () => libp2p.getMultiaddrs().map((address) => address.toString()),
    counts: () => ({
      registered: table.size,
      reservations: libp2p.services.relay.reservations.size,
      connections: libp2p.getConnections().length,
    }),
    async stop() {
      server.stop()
      liveness.stop()
      await libp2p.stop()
    },
  }
}

async function startLibp2p(init: RelayInit, strikes: Strikes) {
  const { metrics, announce = [] } = init
  try {
    return await createLibp2p<{ relay: CircuitRelayService } & Record<string, unknown>>({
      privateKey: privateKeyFromRaw(init.privateKey),
      addresses: { listen: [`/ip4/${init.host}/tcp/${init.port}/ws`], announce },
      transports: [webSockets()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      connectionGater: {
        denyInboundEncryptedConnection: (peer) => strikes.isRefused(peer.toString()),
      },
      connectionManager: {
        maxConnections:
          connectionsPerReservation * (init.maxReservations ?? defaultMaxReservations),
        inboundConnectionThreshold: connectionsPerSecondPerHost,
        maxIncomingPendingConnections: maxPendingConnections,
      },
      // Ours is Liveness.
      connectionMonitor: { enabled: false },
      services: {
        identify: identify(),
        ping: ping(),
        relay: circuitRelayServer({
          maxInboundHopStreams: hopStreamsPerTab,
          maxOutboundStopStreams: stopStreamsPerTab,
          // The limits of one circuit stay at 128 KiB and 2 minutes: an introduction takes 6 KB.
          reservations: { maxReservations: init.maxReservations ?? defaultMaxReservations },
        }),
      },
      ...(metrics ? { metrics } : {}),
    })
  } catch (cause) {
    throw listenError(init, cause)
  }
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
