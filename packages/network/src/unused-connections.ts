/**
 * Closes connections to other tabs that this one opened and no longer uses. Each costs both sides pings
 * for as long as it lasts, and each page has a bounded number of peer connections: whoever asks for an
 * hour would hold one to every node that ever answered.
 * @module
 */
import type { Connection, Libp2p } from '@libp2p/interface'
import { isUsed } from './liveness.ts'
import { leaveConnection } from './wire/cut-connection.ts'

/** The next question to the same node comes within this, or a new dial is worth it. */
const unusedMs = 30_000
const lookMs = 1_000

export type UnusedConnectionsInit = {
  libp2p: Pick<Libp2p, 'getConnections'>
  /** Whether connections to this peer stay: it is a relay. */
  isKept: (peerId: string) => boolean
  limitMs?: number
}

export class UnusedConnections {
  readonly #init: UnusedConnectionsInit
  readonly #usedAtMs = new WeakMap<Connection, number>()
  readonly #timer: ReturnType<typeof setInterval>

  constructor(init: UnusedConnectionsInit) {
    this.#init = init
    this.#timer = setInterval(() => this.#look(), lookMs)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  /** It is about to be used. */
  touch(connection: Connection): void {
    this.#usedAtMs.set(connection, performance.now())
  }

  #look(): void {
    const { libp2p, isKept, limitMs = unusedMs } = this.#init
    for (const connection of libp2p.getConnections()) {
      const isOurs = connection.direction === 'outbound' && connection.status === 'open'
      if (!isOurs || connection.limits || isKept(connection.remotePeer.toString())) continue
      const usedAtMs = this.#usedAtMs.get(connection)
      if (usedAtMs === undefined || isUsed(connection)) this.touch(connection)
      else if (performance.now() - usedAtMs > limitMs) leaveConnection(connection)
    }
  }
}
