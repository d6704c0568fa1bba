/**
 * Keeps this tab connected to one relay: dials, notices the end, dials again.
 * @module
 */
import type { Connection, Libp2p } from '@libp2p/interface'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { pause, WeftError } from '@weft/protocol'
import { DirectoryClient } from '../directory/directory-client.ts'
import type { RelayState, RelayStatus } from '../network.ts'
import { withDeadline } from '../wire/deadline.ts'
import { backoffMs, type Failures } from './backoff.ts'
import { dialFailure } from './dial-failure.ts'

/**
 * A relay answers a handshake in well under a second. After a restart with thousands of tabs they wait in
 * line, and whoever leaves in the middle of a handshake makes the line longer. Relays and tabs allow it.
 */
export const relayDialMs = 20_000

/** Longer than a relay takes to end once it has said so. */
const drainMs = 10_000
/** Nodes are back at a relay that was restarted within this. */
const settleMs = 5_000
/** A relay that was restarted, or a line that was cut for a moment, is back within this. */
const returnMs = 10_000

export type RelayLinkInit = {
  libp2p: Pick<Libp2p, 'dial'>
  address: string
  /** The state has changed. */
  onChange: () => void
  /** The directory's stream was lost while the connection lives. */
  onStreamLost: () => void
  /** Whether no other relay is there; default true. */
  isNeeded?: () => boolean
  /** Milliseconds that one try may take; default `relayDialMs`. */
  dialMs?: number
  /** Milliseconds between two tries at most. */
  maxPauseMs?: number
}

export class RelayLink {
  readonly address: string
  readonly peerId: string
  readonly #multiaddr: Multiaddr
  readonly #init: RelayLinkInit
  readonly #stop = new AbortController()
  #state: RelayState = 'connecting'
  #detail: string | null = null
  #directory: DirectoryClient | null = null
  #connection: Connection | null = null
  #isDraining = false
  #wasOnline = false
  #returnedAtMs = Number.NEGATIVE_INFINITY
  /** Ends the pause before the next try. */
  #hurry = new AbortController()
  /** When it was there last, or began to be looked for. */
  #lostAtMs = performance.now()

  /** @throws WeftError `network/relay-address` */
  constructor(init: RelayLinkInit) {
    this.#init = init
    this.address = init.address
    this.#multiaddr = parseRelay(init.address)
    this.peerId = init.address.split('/p2p/').at(-1) ?? ''
  }

  get status(): RelayStatus {
    return { address: this.address, state: this.#state, detail: this.#detail }
  }

  /** null while not online. */
  get directory(): DirectoryClient | null {
    return this.#isDraining ? null : this.#directory
  }

  get connection(): Connection | null {
    return this.#connection
  }

  /** It was lost and is there again: it may not know its nodes yet. */
  get isSettling(): boolean {
    return performance.now() - this.#returnedAtMs < settleMs
  }

  /** The relay has said that it is going to end: nothing new should begin over it. */
  get isDraining(): boolean {
    return this.#isDraining
  }

  /** It is being connected to, or was there a moment ago: worth waiting for. */
  get isExpected(): boolean {
    const sinceLostMs = performance.now() - this.#lostAtMs
    return this.#state === 'connecting' || this.#isDraining || sinceLostMs < returnMs
  }

  start(): void {
    void this.#run()
  }

  stop(): void {
    this.#stop.abort()
  }

  /** There is no other relay left: this one is tried now. */
  hurry(): void {
    this.#hurry.abort()
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop
    const { dialMs = relayDialMs } = this.#init
    let failures: Failures = { count: 0, isBusy: false }
    while (!signal.aborted) {
      let detail = 'The connection to the relay was lost.'
      try {
        const connection = await withDeadline(
          (deadline) => this.#init.libp2p.dial(this.#multiaddr, { signal: deadline }),
          { subject: 'Connecting to the relay', ms: dialMs, signal },
        )
        failures = { count: 0, isBusy: false }
        await this.#use(connection)
      } catch (error) {
        detail = dialFailure(error)
        const isBusy = WeftError.is(error) && error.code === 'network/timeout'
        failures = { count: isBusy === failures.isBusy ? failures.count + 1 : 1, isBusy }
      }
      if (signal.aborted) return
      const { maxPauseMs = Number.POSITIVE_INFINITY, isNeeded = () => true } = this.#init
      const pauseMs = Math.min(backoffMs(failures, { isNeeded: isNeeded() }), maxPauseMs)
      this.#set('offline', `${detail} Trying again by itself.`)
      this.#hurry = new AbortController()
      await pause(pauseMs, AbortSignal.any([signal, this.#hurry.signal]))
    }
  }

  /** Resolves when the connection has ended. */
  async #use(connection: Connection): Promise<void> {
    const closed = Promise.withResolvers<void>()
    connection.addEventListener('close', () => closed.resolve(), { once: true })
    if (connection.status !== 'open') return
    const { onStreamLost } = this.#init
    const onDraining = () => {
      this.#isDraining = true
      this.#set('offline', 'The relay is about to end.')
      // One that does not keep its word is left, so that it can be found again.
      void pause(drainMs, this.#stop.signal).then(() => connection.close().catch(() => {}))
    }
    if (this.#wasOnline) this.#returnedAtMs = performance.now()
    this.#wasOnline = true
    this.#connection = connection
    this.#directory = new DirectoryClient({ connection, onStreamLost, onDraining })
    this.#set('online', null)
    const { signal } = this.#stop
    const leave = () => closed.resolve()
    signal.addEventListener('abort', leave)
    if (signal.aborted) leave()
    await closed.promise
    signal.removeEventListener('abort', leave)
    this.#lostAtMs = performance.now()
    this.#directory = null
    this.#connection = null
    this.#isDraining = false
  }

  #set(state: RelayState, detail: string | null): void {
    this.#state = state
    this.#detail = detail
    this.#init.onChange()
  }
}

/** @throws WeftError `network/relay-address` */
export function parseRelay(address: string): Multiaddr {
  try {
    const parsed = multiaddr(address)
    if (parsed.getComponents().at(-1)?.name === 'p2p') return parsed
  } catch {
    // Told below, together with the other way of being wrong.
  }
  throw new WeftError('network/relay-address', 'A relay address is not valid.', {
    facts: [`Address: ${address}`, 'Expected: a multiaddr that ends in /p2p/<PeerId>'],
  })
}
