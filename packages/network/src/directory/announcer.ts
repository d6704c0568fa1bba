/**
 * Keeps this tab's registration at every relay: after a restart, a new address, a change of what is
 * on offer. Several things may be announced at a time; there is one registration.
 * @module
 */
import {
  findWork,
  type PrivateKey,
  pause,
  peerIdFromPrivateKey,
  type Registration,
  signRegistration,
  WeftError,
} from '@weft/protocol'
import type { Announcement, AnnouncementHandle } from '../network.ts'
import type { RelayLink } from '../relays/relay-link.ts'
import { directoryTimes } from './constants.ts'
import type { DirectoryClient } from './directory-client.ts'
import { offersOf } from './offers-of.ts'

export type AnnouncerInit = {
  privateKey: PrivateKey
  region: string | null
  links: readonly RelayLink[]
  /** Multiaddrs under which this tab can be dialled now; may be empty. */
  addresses: () => string[]
}

/** What a relay was last told, on which connection and when. */
type Registered = {
  directory: DirectoryClient
  revision: string
  activeJobs: number
  toldAtMs: number
}
type Part = { announcement: Announcement; activeJobs: number }

export class Announcer {
  readonly #init: AnnouncerInit
  readonly #registered = new Map<RelayLink, Registered>()
  /** Links that are being told something, on which connection, and until when. */
  readonly #busy = new Map<RelayLink, { directory: DirectoryClient; done: Promise<void> }>()
  readonly #parts = new Set<Part>()
  readonly #timer: ReturnType<typeof setInterval>
  readonly #stopping = new AbortController()
  /** Set for a moment after a load was told. */
  #pause: ReturnType<typeof setTimeout> | undefined
  #last: { revision: string; registration: Registration } | null = null
  #partsRevision = 0
  #sequence = 0

  constructor(init: AnnouncerInit) {
    this.#init = init
    this.#timer = setInterval(() => {
      this.#tellLoads()
      this.reconcile()
    }, directoryTimes.loadMs)
  }

  add(announcement: Announcement): AnnouncementHandle {
    const part: Part = { announcement, activeJobs: 0 }
    void this.#change(() => this.#parts.add(part))
    return {
      setActiveJobs: (count) => {
        const isUrgent = count > part.activeJobs || (count === 0 && part.activeJobs > 0)
        part.activeJobs = count
        if (isUrgent) this.#tellSoon()
      },
      stop: async () => {
        if (this.#parts.has(part)) await this.#change(() => this.#parts.delete(part))
      },
    }
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
    clearInterval(this.#timer)
    clearTimeout(this.#pause)
    this.#stopping.abort()
    if (this.#parts.size > 0) await this.#change(() => this.#parts.clear())
  }

  /** Resolves when every relay that can be reached has been told, after a second at most. */
  async #change(apply: () => void): Promise<void> {
    apply()
    this.#partsRevision += 1
    const told =
      this.#parts.size === 0
        ? this.#unregister()
        : this.#init.links.map((link) => this.#reconcileLink(link))
    const enough = new AbortController()
    void Promise.allSettled(told).then(() => enough.abort())
    await pause(directoryTimes.unregisterMs, enough.signal)
  }

  #unregister(): Promise<unknown>[] {
    const signal = AbortSignal.timeout(directoryTimes.unregisterMs)
    const directories = new Set([...this.#registered.values()].map(({ directory }) => directory))
    // A registration under way would come to stand after we are gone. Requests to one relay keep
    // their order, so this undoes it, and undoes nothing that a later announcement says.
    for (const { directory } of this.#busy.values()) directories.add(directory)
    this.#registered.clear()
    return [...directories].map((directory) =>
      directory.request({ type: 'unregister' }, { signal }),
    )
  }

  /** At once, and what comes within a moment together. */
  #tellSoon(): void {
    if (this.#pause || this.#stopping.signal.aborted) return
    this.#tellLoads()
    this.#pause = setTimeout(() => {
      this.#pause = undefined
      this.#tellLoads()
    }, directoryTimes.loadPauseMs)
  }

  #tellLoads(): void {
    for (const link of this.#init.links) {
      const registered = this.#registered.get(link)
      if (!registered || registered.directory !== link.directory) continue
      const isKnown = registered.activeJobs === this.#activeJobs()
      const isFresh = performance.now() - registered.toldAtMs < directoryTimes.heartbeatMs
      if (isKnown && isFresh) continue
      this.#tellLoad(registered).catch(() => {
        if (this.#registered.get(link) === registered) this.forget(link)
      })
    }
  }

  async #tellLoad(registered: Registered): Promise<void> {
    const activeJobs = this.#activeJobs()
    Object.assign(registered, { activeJobs, toldAtMs: performance.now() })
    await registered.directory.request({ type: 'heartbeat', activeJobs })
  }

  #activeJobs(): number {
    return [...this.#parts].reduce((sum, { activeJobs }) => sum + activeJobs, 0)
  }

  #reconcileLink(link: RelayLink): Promise<void> {
    const { directory } = link
    const busy = this.#busy.get(link)
    if (busy) return busy.done
    if (!directory || this.#parts.size === 0) return Promise.resolve()
    const done = this.#tell(link, directory).finally(() => {
      this.#busy.delete(link)
      // The relay has come back meanwhile, on another connection.
      if (link.directory && link.directory !== directory) void this.#reconcileLink(link)
    })
    this.#busy.set(link, { directory, done })
    return done
  }

  /** Until there is nothing to tell, or the relay refuses or is gone: the timer tries again. */
  async #tell(link: RelayLink, directory: DirectoryClient): Promise<void> {
    try {
      while (await this.#register(link, directory));
    } catch (error) {
      // A relay knows a later one of ours, from before a reload or a change of the clock.
      const isStale = WeftError.is(error) && error.code === 'network/stale-registration'
      if (isStale) this.#last = null
    }
  }

  /** @returns false when there is nothing to tell this relay now */
  async #register(link: RelayLink, directory: DirectoryClient): Promise<boolean> {
    const addresses = this.#init.addresses()
    if (link.directory !== directory || addresses.length === 0) return false
    if (this.#parts.size === 0) return false
    const revision = [this.#partsRevision, ...addresses].join(' ')
    const known = this.#registered.get(link)
    if (known?.directory === directory && known.revision === revision) return false
    await this.#put(directory, this.#signed(revision, addresses))
    // Else it has been unregistered meanwhile.
    if (this.#parts.size > 0) {
      const toldAtMs = performance.now()
      const registered: Registered = { directory, revision, activeJobs: 0, toldAtMs }
      this.#registered.set(link, registered)
      if (this.#activeJobs() > 0) await this.#tellLoad(registered)
    }
    return true
  }

  /** @throws WeftError with the relay's reason */
  async #put(directory: DirectoryClient, registration: Registration): Promise<void> {
    const { signal } = this.#stopping
    const request = { type: 'register', registration } as const
    const answer = await directory.request({ ...request, work: null })
    if (answer.type !== 'work') return
    const work = await findWork(answer, registration.peerId, { signal })
    // Taken back meanwhile.
    if (this.#parts.size === 0) return
    const second = await directory.request({ ...request, work })
    if (second.type !== 'done') {
      throw new WeftError('network/relay-failed', 'The relay asks for ever more work.')
    }
  }

  /** One for all relays: they tell each other of it. */
  #signed(revision: string, addresses: string[]): Registration {
    if (this.#last?.revision !== revision) {
      this.#last = { revision, registration: this.#sign(addresses) }
    }
    return this.#last.registration
  }

  #sign(addresses: string[]) {
    const { privateKey, region } = this.#init
    // The clock makes it grow over reloads of the page, which keep the key but not the count.
    this.#sequence = Math.max(this.#sequence + 1, Date.now())
    const peerId = peerIdFromPrivateKey(privateKey)
    const offers = offersOf([...this.#parts].map(({ announcement }) => announcement))
    return signRegistration(
      { version: 1, peerId, sequence: this.#sequence, ...offers, region, addresses },
      privateKey,
    )
  }
}
