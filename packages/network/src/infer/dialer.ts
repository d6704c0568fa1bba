/**
 * Direct connections to nodes: reuses a live one, shares a dial under way, tries again.
 * @module
 */
import type { Connection, Libp2p } from '@libp2p/interface'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { type Registration, WeftError } from '@weft/protocol'
import type { WaitOptions } from '../network.ts'
import { type KnownRelays, relayPeerId } from '../relays/known-relays.ts'
import { UnusedConnections } from '../unused-connections.ts'
import { leaveConnection } from '../wire/cut-connection.ts'
import { withDeadline } from '../wire/deadline.ts'
import { dialTries, inferTimes, longestTripMs, roundTripsOfDial } from './constants.ts'

export type DialerInit = {
  libp2p: Pick<Libp2p, 'dial' | 'getConnections'>
  relays: KnownRelays
  /** Whether a registration is signed by the peer that it names. */
  isAuthentic: (node: Registration) => boolean
  /** Round trip on a connection, milliseconds; null while unknown. */
  rttMs: (connection: Connection) => number | null
}

export class Dialer {
  readonly #libp2p: DialerInit['libp2p']
  readonly #relays: KnownRelays
  readonly #isAuthentic: DialerInit['isAuthentic']
  readonly #rttMs: DialerInit['rttMs']
  readonly #dials = new Map<string, Promise<Connection>>()
  readonly #unused: UnusedConnections

  constructor({ libp2p, relays, isAuthentic, rttMs }: DialerInit) {
    this.#libp2p = libp2p
    this.#relays = relays
    this.#isAuthentic = isAuthentic
    this.#rttMs = rttMs
    const isKept = (peerId: string) => relays.addressesOf(peerId).length > 0
    this.#unused = new UnusedConnections({ libp2p, isKept })
  }

  stop(): void {
    this.#unused.stop()
  }

  /** @throws WeftError `network/unreachable`, `network/false-offer`; CancelledError */
  async connect(node: Registration, { signal }: WaitOptions = {}): Promise<Connection> {
    const { peerId } = node
    if (!this.#isAuthentic(node)) {
      throw new WeftError('network/false-offer', 'A relay made up what it said of a node.')
    }
    const existing = this.findDirect(peerId)
    if (existing) {
      this.#unused.touch(existing)
      return existing
    }
    let dial = this.#dials.get(peerId)
    if (!dial) {
      dial = this.#dial(node).finally(() => {
        this.#dials.delete(peerId)
        if (this.#dials.size === 0) this.#leaveOthersRelays()
      })
      // Whoever asked for it may have left before it ends.
      dial.catch(() => {})
      this.#dials.set(peerId, dial)
    }
    const shared = dial
    const ms = () => 2 * (inferTimes.dialMs + this.#delayMs())
    return withDeadline(() => shared, { subject: 'Dialling the node', ms, signal })
  }

  /** An open connection that leads to the node without a relay. */
  findDirect(peerId: string): Connection | undefined {
    return this.#libp2p
      .getConnections()
      .find(
        (connection) =>
          connection.remotePeer.toString() === peerId &&
          connection.status === 'open' &&
          !connection.limits,
      )
  }

  async #dial({ peerId, addresses }: Registration): Promise<Connection> {
    const routes = addresses.flatMap((address) => routeTo(address, peerId, this.#relays))
    if (routes.length === 0) {
      throw unreachable(['It is not known to any of the relays that this tab uses.'])
    }
    const facts: string[] = []
    const beganMs = performance.now()
    const endMs = () => beganMs + inferTimes.dialMs + this.#delayMs()
    for (let attempt = 1; attempt <= dialTries; attempt += 1) {
      const triedMs = performance.now()
      if (triedMs >= endMs()) break
      try {
        const connection = await withDeadline((signal) => this.#libp2p.dial(routes, { signal }), {
          subject: `Try ${attempt}`,
          ms: () => Math.min(endMs() - triedMs, inferTimes.dialTryMs + this.#delayMs()),
        })
        this.#closeIntroductions(peerId)
        return connection
      } catch (error) {
        facts.push(error instanceof Error ? error.message : String(error))
      }
    }
    throw unreachable(facts)
  }

  /** A relay that is not ours was asked for an introduction only. */
  #leaveOthersRelays(): void {
    for (const connection of this.#libp2p.getConnections()) {
      if (this.#relays.isVouched(connection.remotePeer.toString())) leaveConnection(connection)
    }
  }

  /**
   * What a dial takes longer than next door, by the slowest of our lines to a relay. A tab that has just come
   * dials before its first ping is answered, so limits are made of this when they are reached, not before.
   */
  #delayMs(): number {
    const trips = this.#libp2p
      .getConnections()
      .filter(({ remoteAddr }) => !remoteAddr.toString().includes('/webrtc'))
      .map((connection) => this.#rttMs(connection) ?? 0)
    return roundTripsOfDial * Math.round(Math.min(longestTripMs, Math.max(0, ...trips)))
  }

  /** The circuit was for the introduction only; left open, its pings would cross the relay. */
  #closeIntroductions(peerId: string): void {
    for (const connection of this.#libp2p.getConnections()) {
      if (connection.remotePeer.toString() === peerId && connection.limits)
        leaveConnection(connection)
    }
  }
}

/**
 * Under which addresses of relays that we know a stranger's address can be reached: a registration decides
 * which relay introduces us, never which host this tab opens a socket to. An address without a relay
 * in it is passed on and is the gate's to allow.
 */
export function routeTo(
  address: string,
  peerId: string,
  relays: Pick<KnownRelays, 'addressesOf'>,
): Multiaddr[] {
  const [hop, rest] = address.split('/p2p-circuit')
  try {
    if (rest === undefined || hop === undefined) return [multiaddr(address)]
    return relays
      .addressesOf(relayPeerId(hop) ?? '')
      .map((relay) => multiaddr(`${relay}/p2p-circuit/webrtc/p2p/${peerId}`))
  } catch {
    return []
  }
}

function unreachable(facts: string[]): WeftError {
  return new WeftError('network/unreachable', 'The node cannot be reached.', { facts })
}
