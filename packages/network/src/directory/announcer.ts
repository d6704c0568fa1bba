/**
 * Keeps this tab's registration at every relay: after a restart, a new address, a change of offer.
 * @module
 */
import { type PrivateKey, peerIdFromPrivateKey, signRegistration } from '@weft/protocol'
import type { Announcement } from '../network.ts'
import type { RelayLink } from '../relays/relay-link.ts'
import { directoryTimes } from './constants.ts'
import type { DirectoryClient } from './directory-client.ts'

export type AnnouncerInit = {
  announcement: Announcement
  privateKey: PrivateKey
  links: readonly RelayLink[]
  /** Multiaddrs under which this tab can be dialled now; may be empty. */
  addresses: () => string[]
}

/** What a relay was last told, and on which connection. */
type Registered = { directory: DirectoryClient; revision: string }

export class Announcer {
  readonly #init: AnnouncerInit
  readonly #registered = new Map<RelayLink, Registered>()
  readonly #busy = new Set<RelayLink>()
  readonly #timer: ReturnType<typeof setInterval>
  #announcement: Announcement
  #changes = 0
  #activeJobs = 0
  #sequence = 0
  #stopped = false

  constructor(init: AnnouncerInit) {
    this.#init = init
    this.#announcement = init.announcement
    this.#timer = setInterval(() => this.#heartbeat(), directoryTimes.heartbeatMs)
    this.reconcile()
  }

  update(announcement: Announcement): void {
    this.#announcement = announcement
    this.#changes += 1
    this.reconcile()
  }

  setActiveJobs(count: number): void {
    const isUrgent = count > this.#activeJobs || (count === 0 && this.#activeJobs > 0)
    this.#activeJobs = count
    if (isUrgent) this.#heartbeat()
  }

  /** The relay has lost what it knew of this tab, with the stream. */
  forget(link: RelayLink): void {
    this.#registered.delete(link)
  }

  /** Registers wherever a relay does not yet know the present state. */
  reconcile(): void {
    for (const link of this.#init.links) void this.#reconcileLink(link)
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearInterval(this.#timer)
    const signal = AbortSignal.timeout(1_000)
    const unregistered = [...this.#registered.values()].map(({ directory }) =>
      directory.request({ type: 'unregister' }, { signal }),
    )
    this.#registered.clear()
    await Promise.allSettled(unregistered)
  }

  #heartbeat(): void {
    for (const link of this.#init.links) {
      const registered = this.#registered.get(link)
      if (registered && registered.directory === link.directory) {
        const { directory } = registered
        directory.request({ type: 'heartbeat', activeJobs: this.#activeJobs }).catch(() => {
          if (this.#registered.get(link) === registered) this.forget(link)
        })
      }
    }
    this.reconcile()
  }

  async #reconcileLink(link: RelayLink): Promise<void> {
    if (this.#busy.has(link)) return
    this.#busy.add(link)
    try {
      while (!this.#stopped && (await this.#register(link)));
    } catch {
      // The relay refused or is gone; the next heartbeat or its return tries again.
    } finally {
      this.#busy.delete(link)
    }
  }

  /** @returns false when there is nothing to tell this relay now */
  async #register(link: RelayLink): Promise<boolean> {
    const { directory } = link
    const addresses = this.#init.addresses()
    if (!directory || addresses.length === 0) return false
    const revision = `${this.#changes} ${addresses.join(' ')}`
    const known = this.#registered.get(link)
    if (known?.directory === directory && known.revision === revision) return false
    await directory.request({ type: 'register', registration: this.#sign(addresses) })
    this.#registered.set(link, { directory, revision })
    if (this.#activeJobs > 0) {
      await directory.request({ type: 'heartbeat', activeJobs: this.#activeJobs })
    }
    return true
  }

  #sign(addresses: string[]) {
    const { privateKey } = this.#init
    const issuedAtMs = Date.now()
    // The clock makes it grow over reloads of the page, which keep the key but not the count.
    this.#sequence = Math.max(this.#sequence + 1, issuedAtMs)
    const peerId = peerIdFromPrivateKey(privateKey)
    const { models, maxJobs } = this.#announcement
    return signRegistration(
      { version: 1, peerId, sequence: this.#sequence, models, maxJobs, addresses, issuedAtMs },
      privateKey,
    )
  }
}
