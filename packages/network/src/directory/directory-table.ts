/**
 * What a relay knows of nodes: soft state, brought back by the tabs themselves after a restart.
 * @module
 */
import { encode, type Offer, offerSchema, type Registration, WeftError } from '@weft/protocol'
import { maxAnswerBytes } from './constants.ts'

/** Whose stream an entry lives and dies with. */
export type EntryOwner = object

type Entry = {
  registration: Registration
  activeJobs: number
  seenAtMs: number
  owner: EntryOwner
  /** Of its offer, as encoded. */
  bytes: number
}

export type DirectoryTableInit = { maxEntries: number; now?: () => number }

export class DirectoryTable {
  readonly #maxEntries: number
  readonly #now: () => number
  readonly #entries = new Map<string, Entry>()
  readonly #byModel = new Map<string, Set<string>>()

  constructor({ maxEntries, now = Date.now }: DirectoryTableInit) {
    this.#maxEntries = maxEntries
    this.#now = now
  }

  get size(): number {
    return this.#entries.size
  }

  /**
   * @param registration - already checked
   * @throws WeftError `network/stale-registration`, `network/relay-full`
   */
  put(registration: Registration, owner: EntryOwner): void {
    const { peerId, sequence } = registration
    const existing = this.#entries.get(peerId)
    if (existing && existing.registration.sequence >= sequence) {
      throw new WeftError('network/stale-registration', 'A newer registration is known.')
    }
    if (!existing && this.#entries.size >= this.#maxEntries) {
      throw new WeftError('network/relay-full', 'This relay knows as many nodes as it can.')
    }
    if (existing) this.#remove(peerId, existing)
    const activeJobs = existing?.owner === owner ? existing.activeJobs : 0
    const bytes = encode('offer', offerSchema, { registration, activeJobs }).length
    this.#entries.set(peerId, { registration, activeJobs, seenAtMs: this.#now(), owner, bytes })
    for (const { modelCid } of registration.models) {
      const peers = this.#byModel.get(modelCid) ?? new Set()
      this.#byModel.set(modelCid, peers.add(peerId))
    }
  }

  /** @returns false when this owner has no entry */
  touch(peerId: string, owner: EntryOwner, activeJobs: number): boolean {
    const entry = this.#entries.get(peerId)
    if (entry?.owner !== owner) return false
    entry.activeJobs = activeJobs
    entry.seenAtMs = this.#now()
    return true
  }

  /** Removes the entry unless another stream has taken it over. */
  drop(peerId: string, owner: EntryOwner): void {
    const entry = this.#entries.get(peerId)
    if (entry?.owner === owner) this.#remove(peerId, entry)
  }

  /** Removes entries without a sign of life for `ms`. */
  sweep(ms: number): void {
    const limitMs = this.#now() - ms
    for (const [peerId, entry] of this.#entries) {
      if (entry.seenAtMs < limitMs) this.#remove(peerId, entry)
    }
  }

  /** A random sample of what matches, so that many askers spread over many nodes. */
  find(modelCid: string | null, limit: number): { offers: Offer[]; total: number } {
    const peers = modelCid === null ? [...this.#entries.keys()] : [...this.#peersOf(modelCid)]
    const total = peers.length
    const offers: Offer[] = []
    let bytes = 0
    for (let taken = 0; taken < total && offers.length < limit; taken += 1) {
      const entry = this.#entries.get(takeRandom(peers, taken))
      if (!entry) continue
      if (bytes + entry.bytes > maxAnswerBytes) continue
      bytes += entry.bytes
      offers.push({ registration: entry.registration, activeJobs: entry.activeJobs })
    }
    return { offers, total }
  }

  #peersOf(modelCid: string): Set<string> {
    return this.#byModel.get(modelCid) ?? new Set()
  }

  #remove(peerId: string, { registration }: Entry): void {
    this.#entries.delete(peerId)
    for (const { modelCid } of registration.models) {
      const peers = this.#byModel.get(modelCid)
      peers?.delete(peerId)
      if (peers?.size === 0) this.#byModel.delete(modelCid)
    }
  }
}

/** One step of a Fisher-Yates shuffle: moves a random one of `values[from..]` to `from`. */
function takeRandom(values: string[], from: number): string {
  const index = from + Math.floor(Math.random() * (values.length - from))
  const chosen = values[index] ?? ''
  values[index] = values[from] ?? ''
  values[from] = chosen
  return chosen
}
