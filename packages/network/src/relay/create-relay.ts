/**
 * The relay: introduces tabs to each other and knows who serves what. No job passes through it.
 * @module
 */
import type { Connection } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import { type DirectoryRequest, type PrivateKey, pause, WeftError } from '@weft/protocol'
import type { Libp2pOptions } from 'libp2p'
import { Admission } from '../directory/admission.ts'
import { directoryProtocol } from '../directory/constants.ts'
import { type AnswerType, DirectoryServer } from '../directory/directory-server.ts'
import { DirectoryTable } from '../directory/directory-table.ts'
import { Federation } from '../federation/federation.ts'
import { Outbox } from '../federation/outbox.ts'
import { fellowPace, Liveness, relayPace } from '../liveness.ts'
import { relayPeerId } from '../relays/known-relays.ts'
import { Strikes } from '../strikes.ts'
import { cutConnection } from '../wire/cut-connection.ts'
import { addressOf } from './address-of.ts'
import { checkNatively } from './check-natively.ts'
import {
  defaultConnectionsPerAddress,
  defaultFreeRegistrationsPerAddress,
  defaultMaxReservations,
} from './constants.ts'
import { PerAddress } from './per-address.ts'
import { startRelayLibp2p } from './start-relay-libp2p.ts'

export type RelayInit = {
  /** 32 bytes; the relay's PeerId survives restarts with it. */
  privateKey: PrivateKey
  host: string
  /** 0 takes any free port. */
  port: number
  /** Multiaddrs to tell instead of the one listened on, behind a TLS proxy. */
  announce?: string[]
  /** Multiaddrs of relays to share the directory with; they must name this one as well. */
  fellows?: string[]
  /** Tabs that can be introduced, and nodes that the directory knows. */
  maxReservations?: number
  /**
   * Connections of one address. Left out, 256, and any number from this machine, as behind a proxy;
   * given, it holds for this machine too.
   */
  connectionsPerAddress?: number
  /** Nodes of one address that register without proof of work; the same for this machine. */
  freeRegistrationsPerAddress?: number
  /** e.g. `prometheusMetrics()` of @libp2p/prometheus-metrics. */
  metrics?: NonNullable<Libp2pOptions['metrics']>
  /** Told about every directory request that is answered, and how. */
  onRequest?: (type: DirectoryRequest['type'], answer: AnswerType) => void
  /** A connection was refused because its address has too many. */
  onRefusedConnection?: () => void
}

export interface Relay {
  readonly peerId: string
  /** Multiaddrs, each ending in `/p2p/<PeerId>`. */
  addresses(): string[]
  counts(): RelayCounts
  /**
   * Takes nothing new and tells its tabs, so that they begin nothing over it any more; introductions go on,
   * and other relays hear of it by `stop`. Resolves when nobody is connected, after `ms` at most.
   */
  drain(ms: number): Promise<void>
  /** Ends all streams and connections. */
  stop(): Promise<void>
}

export type RelayCounts = {
  /** Nodes registered with this relay. */
  registered: number
  /** Nodes known, with those of other relays. */
  known: number
  /** Of those, nodes that answer with a model. */
  answering: number
  reservations: number
  connections: number
  /** Other relays that are connected. */
  fellows: number
}

/** @throws WeftError `network/port-in-use`, `network/cannot-listen`, `network/relay-address` */
export async function createRelay(init: RelayInit): Promise<Relay> {
  const { fellows = [], maxReservations = defaultMaxReservations, onRequest } = init
  const { freeRegistrationsPerAddress, connectionsPerAddress } = init
  const strikes = new Strikes()
  const draining = new AbortController()
  const connections = new PerAddress(connectionsPerAddress ?? defaultConnectionsPerAddress)
  const countsLoopback = connectionsPerAddress !== undefined
  const addressOfConnection = (remote: Multiaddr) => addressOf(remote, { countsLoopback })
  const { libp2p, relay, gossip } = await startRelayLibp2p(init, {
    refusesConnection(remote) {
      const isFull = connections.isFull(addressOfConnection(remote))
      if (isFull) init.onRefusedConnection?.()
      return isFull || draining.signal.aborted
    },
    refusesPeer: (peerId) => strikes.isRefused(peerId),
    refusesReservation: () => draining.signal.aborted,
  })
  libp2p.addEventListener('connection:open', ({ detail }) => {
    if (detail.direction !== 'inbound') return
    const address = addressOfConnection(detail.remoteAddr)
    const isFull = connections.isFull(address)
    connections.add(address)
    if (!isFull) return
    // Of those that come at once, none is counted before it is let in.
    init.onRefusedConnection?.()
    void cutConnection(detail, new WeftError('network/busy', 'This address has many connections.'))
  })
  libp2p.addEventListener('connection:close', ({ detail }) => {
    if (detail.direction === 'inbound') connections.remove(addressOfConnection(detail.remoteAddr))
  })
  const addresses = () => libp2p.getMultiaddrs().map((address) => address.toString())
  const outbox = new Outbox()
  const table = new DirectoryTable({
    maxEntries: maxReservations,
    ...(gossip ? { onChange: (peerId, what) => outbox.add(peerId, what) } : {}),
  })
  const federation = gossip
    ? new Federation({ libp2p, gossip, fellows, table, outbox, check: checkNatively, addresses })
    : null
  const server = new DirectoryServer({
    table,
    admission: new Admission({
      freePerAddress: freeRegistrationsPerAddress ?? defaultFreeRegistrationsPerAddress,
    }),
    check: checkNatively,
    addressOf: ({ remoteAddr }) =>
      addressOf(remoteAddr, { countsLoopback: freeRegistrationsPerAddress !== undefined }),
    onOffence(connection: Connection) {
      if (!strikes.record(connection.remotePeer.toString())) return
      const error = new WeftError('network/struck-out', 'Too many broken messages.')
      void cutConnection(connection, error)
    },
    ...(onRequest ? { onRequest } : {}),
  })
  // A hidden tab answers pings even when its timers sleep.
  const fellowIds = new Set(fellows.map(relayPeerId))
  const paceOf = ({ remotePeer }: Connection) =>
    fellowIds.has(remotePeer.toString()) ? fellowPace : relayPace
  const liveness = new Liveness({ libp2p, paceOf })
  await libp2p.handle(
    directoryProtocol,
    (stream, connection) => server.serve(stream, connection),
    // One in use and one that is just being replaced.
    { maxInboundStreams: 2 },
  )
  await federation?.start()
  return {
    peerId: libp2p.peerId.toString(),
    addresses,
    counts: () => ({
      registered: table.own.size,
      known: table.size,
      answering: table.answering,
      reservations: relay.reservations.size,
      connections: libp2p.getConnections().length,
      fellows: federation?.online ?? 0,
    }),
    async drain(ms) {
      draining.abort()
      server.drain()
      const limit = AbortSignal.timeout(ms)
      const isNeeded = () => libp2p.getConnections().length > (federation?.online ?? 0)
      while (isNeeded() && !limit.aborted) await pause(50, limit)
    },
    async stop() {
      server.stop()
      liveness.stop()
      await federation?.leave()
      federation?.stop()
      await libp2p.stop()
    },
  }
}
