/**
 * All relays of one tab: which are there, what is known of the rest, and waiting for a first one.
 * @module
 */
import { CancelledError, pause, WeftError } from '@weft/protocol'
import type { DirectoryClient } from '../directory/directory-client.ts'
import type { NetworkStatus, WaitOptions } from '../network.ts'
import { RelayLink, type RelayLinkInit } from './relay-link.ts'

export type RelayLinksInit = Pick<RelayLinkInit, 'libp2p'> & {
  /** Multiaddrs, each ending in `/p2p/<PeerId>`. */
  relays: readonly string[]
  /** The state of one has changed. */
  onChange: () => void
  /** The directory's stream was lost while the connection lives. */
  onStreamLost: (link: RelayLink) => void
}

export class RelayLinks {
  readonly all: readonly RelayLink[]
  readonly #init: RelayLinksInit
  readonly #listeners = new Set<(status: NetworkStatus) => void>()
  #isOnline = false

  /** @throws WeftError `network/relay-address` */
  constructor(init: RelayLinksInit) {
    this.#init = init
    this.all = init.relays.map((address) => {
      const link: RelayLink = new RelayLink({
        libp2p: init.libp2p,
        address,
        onChange: () => this.#changed(),
        onStreamLost: () => init.onStreamLost(link),
        isNeeded: () => !this.all.some((each) => each !== link && each.status.state === 'online'),
      })
      return link
    })
  }

  get status(): NetworkStatus {
    return { relays: this.all.map((link) => link.status) }
  }

  /** @returns a function that ends the subscription */
  onStatus(listener: (status: NetworkStatus) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  start(): void {
    for (const link of this.all) link.start()
  }

  stop(): void {
    for (const link of this.all) link.stop()
  }

  /**
   * Of the relays that are online; waits for a first one while there is hope.
   * @param endMs - by `performance.now()`
   * @throws WeftError `network/offline`
   */
  async directories({ signal }: WaitOptions, endMs: number): Promise<DirectoryClient[]> {
    for (;;) {
      const online = this.all.flatMap(({ directory }) => directory ?? [])
      if (online.length > 0) return online
      if (signal?.aborted) throw new CancelledError({ subject: 'The search' })
      if (!this.all.some(({ isExpected }) => isExpected) || performance.now() > endMs)
        throw this.#offline()
      await this.#nextStatus(endMs - performance.now(), signal)
    }
  }

  async #nextStatus(ms: number, signal: AbortSignal | undefined): Promise<void> {
    const changed = new AbortController()
    const unsubscribe = this.onStatus(() => changed.abort())
    await pause(ms, signal ? AbortSignal.any([changed.signal, signal]) : changed.signal)
    unsubscribe()
  }

  #offline(): WeftError {
    const facts = this.all.map(({ status }) => `${status.address}: ${status.detail ?? ''}`)
    return new WeftError('network/offline', 'No relay can be reached.', { facts })
  }

  #changed(): void {
    const wasOnline = this.#isOnline
    this.#isOnline = this.all.some(({ status }) => status.state === 'online')
    // Those that are dialled ever less often are dialled now: there is no other left.
    if (wasOnline && !this.#isOnline) for (const link of this.all) link.hurry()
    this.#init.onChange()
    const { status } = this
    for (const listener of this.#listeners) listener(status)
  }
}
