/**
 * What has changed here since the other relays were told.
 * @module
 */
import { type FederationNews, limits } from '@weft/protocol'
import type { DirectoryTable } from '../directory/directory-table.ts'
import { offersPerNews } from './constants.ts'

export class Outbox {
  readonly #changed = new Map<string, 'registration' | 'load'>()

  get isEmpty(): boolean {
    return this.#changed.size === 0
  }

  add(peerId: string, what: 'registration' | 'load'): void {
    if (what === 'registration' || !this.#changed.has(peerId)) this.#changed.set(peerId, what)
  }

  /** @returns at least one message; the last says what all of them come to */
  take(table: DirectoryTable, addresses: string[]): FederationNews[] {
    const offers: FederationNews['offers'] = []
    const loads: FederationNews['loads'] = []
    const gone: FederationNews['gone'] = []
    for (const [peerId, what] of this.#changed) {
      const entry = table.get(peerId)
      if (!entry?.own) gone.push(peerId)
      else if (what === 'load') loads.push({ peerId, activeJobs: entry.activeJobs })
      else offers.push({ registration: entry.sealed, activeJobs: entry.activeJobs })
    }
    this.#changed.clear()
    const perNews = limits.maxNewsPeers
    const count = Math.max(
      1,
      Math.ceil(offers.length / offersPerNews),
      Math.ceil(loads.length / perNews),
      Math.ceil(gone.length / perNews),
    )
    return Array.from({ length: count }, (_, index) => ({
      offers: offers.slice(index * offersPerNews, (index + 1) * offersPerNews),
      loads: loads.slice(index * perNews, (index + 1) * perNews),
      gone: gone.slice(index * perNews, (index + 1) * perNews),
      digest: index === count - 1 ? table.own.digest : null,
      addresses: addresses.slice(0, limits.maxRelayAddresses),
      isLeaving: false,
    }))
  }
}
