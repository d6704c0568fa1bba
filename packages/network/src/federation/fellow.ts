/**
 * What one other relay says that it holds. It is believed as far as nodes have signed it, and only
 * as much and as fast as our own work allows.
 * @module
 */
import { setImmediate } from 'node:timers/promises'
import {
  bytesEqual,
  type Digest,
  decodeRegistration,
  type FederationNews,
  type Registration,
  type SealedOffer,
} from '@weft/protocol'
import type { DirectoryTable } from '../directory/directory-table.ts'
import { Holding } from '../directory/holding.ts'
import { MessageRate } from '../wire/message-rate.ts'
import {
  checkBurst,
  checksPerSecond,
  federationTimes,
  maxOffersPerSync,
  maxQueuedNews,
  toleratedDifferences,
} from './constants.ts'

export type FellowInit = {
  peerId: string
  table: DirectoryTable
  /** @throws when the registration is not signed by this peer */
  check: (registration: Registration, peerId: string) => void
  /** What it says does not come to what it holds: everything has to be asked for. */
  onDifference: () => void
}

/** Of one relay: it may be reached under a few names. */
const maxAddresses = 4

export class Fellow {
  readonly peerId: string
  readonly holding = new Holding()
  readonly #init: FellowInit
  readonly #rate = new MessageRate({ perSecond: checksPerSecond, burst: checkBurst })
  readonly #queue: FederationNews[] = []
  #isApplying = false
  #heardMs = performance.now()
  #newsMs = this.#heardMs
  #differences = 0
  /** What it said last that it holds, signed by itself whichever way it came. */
  #told: Digest | null = null
  /** In a row that did not help. */
  #syncs = 0
  #sliceEndsMs = 0
  /** While everything is asked for: those not yet named. */
  #unnamed: Set<string> | null = null

  constructor(init: FellowInit) {
    this.#init = init
    this.peerId = init.peerId
  }

  /** Milliseconds without news, since it last was connected. */
  get silentMs(): number {
    return performance.now() - this.#newsMs
  }

  /** It is connected again: news may be expected from now on. */
  connected(): void {
    this.#newsMs = performance.now()
    this.#syncs = 0
  }

  /** Milliseconds before everything may be asked for again. */
  get syncPauseMs(): number {
    const { syncPauseMs, maxSyncPauseMs } = federationTimes
    return Math.min(maxSyncPauseMs, syncPauseMs * 2 ** Math.min(Math.max(0, this.#syncs - 1), 10))
  }

  /** Keeps the order. Never throws. */
  receive(news: FederationNews): void {
    this.#heardMs = performance.now()
    this.#newsMs = this.#heardMs
    if (this.#queue.length < maxQueuedNews) this.#queue.push(news)
    if (!this.#isApplying) void this.#applyAll()
  }

  /** Forgets what it holds when nothing was heard of it for too long. */
  sweep(): void {
    if (performance.now() - this.#heardMs > federationTimes.lossMs) this.forget()
  }

  forget(): void {
    for (const peerId of this.holding.peerIds()) this.#init.table.release(peerId, this.holding)
    this.holding.addresses = []
  }

  /**
   * Takes pages of everything that it holds. What none of them names is forgotten: at its own word, or
   * where what remains comes to what it has said itself.
   */
  async takeAll(
    pages: AsyncIterable<SealedOffer[]>,
    { isOwnWord }: { isOwnWord: boolean },
  ): Promise<void> {
    const unnamed = new Set(this.holding.peerIds())
    let left = maxOffersPerSync
    const endMs = performance.now() + federationTimes.syncMs
    this.#syncs += 1
    this.#unnamed = unnamed
    try {
      for await (const offers of pages) {
        if (isOwnWord) this.#heardMs = performance.now()
        for (const offer of offers) await this.#adopt(offer)
        left -= offers.length
        if (left < 0 || performance.now() > endMs) return
      }
      if (!isOwnWord && !isSame(this.holding.digestWithout(unnamed), this.#told)) return
      for (const peerId of unnamed) this.#init.table.release(peerId, this.holding)
      this.#differences = 0
    } finally {
      this.#unnamed = null
    }
  }

  async #applyAll(): Promise<void> {
    this.#isApplying = true
    for (let news = this.#queue.shift(); news; news = this.#queue.shift()) await this.#apply(news)
    this.#isApplying = false
  }

  async #apply({ offers, loads, gone, digest, addresses, isLeaving }: FederationNews) {
    const { table } = this.#init
    this.holding.addresses = addresses
      .filter((address) => address.endsWith(`/p2p/${this.peerId}`))
      .slice(0, maxAddresses)
    for (const offer of offers) await this.#adopt(offer)
    for (const { peerId, activeJobs } of loads) {
      table.adoptLoad(peerId, activeJobs, this.holding)
    }
    for (const peerId of gone) table.release(peerId, this.holding)
    this.#told = digest
    if (isLeaving) this.forget()
    else if (digest && !this.#unnamed) this.#compare(digest)
  }

  #compare(digest: Digest): void {
    const isRight = isSame(this.holding.digest, digest)
    this.#differences = isRight ? 0 : this.#differences + 1
    if (isRight) this.#syncs = 0
    if (this.#differences > toleratedDifferences) this.#init.onDifference()
  }

  async #adopt({ registration: sealed, activeJobs }: SealedOffer): Promise<void> {
    if (performance.now() > this.#sliceEndsMs) {
      await setImmediate()
      this.#sliceEndsMs = performance.now() + federationTimes.sliceMs
    }
    const { table, check } = this.#init
    try {
      const registration = decodeRegistration(sealed)
      const { peerId } = registration
      // Even where there is no time to check what is new: it is there.
      this.#unnamed?.delete(peerId)
      const known = table.get(peerId)
      if (!known || !bytesEqual(known.sealed, sealed)) {
        if (!this.#rate.take()) return
        check(registration, peerId)
      }
      table.adopt({ registration, activeJobs }, sealed, this.holding)
    } catch {
      // Not what a node has signed: its relay will say so again, and not be believed again.
    }
  }
}

function isSame(a: Digest, b: Digest | null): boolean {
  return a.count === b?.count && a.hash === b.hash
}
