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

/** Which addresses a relay was last told, and on which connection. */
type Registered = { directory: DirectoryClient; revision: string }

export class Announcer {
  readonly #init: AnnouncerInit
  readonly #registered = new Map<RelayLink, Registered>()
  /** Links that are being told something, and on which connection. */
  readonly #busy = new Map<RelayLink, DirectoryClient>()
  readonly #timer: ReturnType<typeof setInterval>
  #activeJobs = 0
  #sequence = 0
  #stopped = false

  constructor(init: AnnouncerInit) {
    this.#init = init
    this.#timer = setInterval(() => this.#heartbeat(), directoryTimes.heartbeatMs)
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
    const directories = new Set([...this.#registered.values()].map(({ directory }) => directory))
    // A registration under way would come to stand after we are gone. Requests to one relay keep
    // their order, so this undoes it, and undoes nothing that a later announcement says.
    for (const directory of this.#busy.values()) directories.add(directory)
    const unregistered = [...directories].map((directory) =>
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
    const { directory } = link
    if (!directory || this.#busy.has(link)) return
    this.#busy.set(link, directory)
    try {
      while (!this.#stopped && (await this.#register(link, directory)));
    } catch {
      // The relay refused or is gone; the next heartbeat or its return tries again.
    } finally {
      this.#busy.delete(link)
      // The relay has come back meanwhile, on another connection.
      if (link.directory && link.directory !== directory) void this.#reconcileLink(link)
    }
  }

  /** @returns false when there is nothing to tell this relay now */
  async #register(link: RelayLink, directory: DirectoryClient): Promise<boolean> {
    const addresses = this.#init.addresses()
    if (link.directory !== directory || addresses.length === 0) return false
    const revision = addresses.join(' ')
    const known = this.#registered.get(link)
    if (known?.directory === directory && known.revision === revision) return false
    await directory.request({ type: 'register', registration: this.#sign(addresses) })
    if (this.#stopped) return false
    this.#registered.set(link, { directory, revision })
    if (this.#activeJobs > 0) {
      await directory.request({ type: 'heartbeat', activeJobs: this.#activeJobs })
    }
    return true
  }

  #sign(addresses: string[]) {
    const { privateKey, announcement } = this.#init
    // The clock makes it grow over reloads of the page, which keep the key but not the count.
    this.#sequence = Math.max(this.#sequence + 1, Date.now())
    const peerId = peerIdFromPrivateKey(privateKey)
    const { models, maxJobs } = announcement
    return signRegistration(
      { version: 1, peerId, sequence: this.#sequence, models, maxJobs, addresses },
      privateKey,
    )
  }
}
