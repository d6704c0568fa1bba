/**
 * What a relay knows of nodes: soft state, brought back by the tabs themselves after a restart.
 * @module
 */
import {
  type DirectoryQuery,
  encode,
  limits,
  type Offer,
  offerSchema,
  type Registration,
  WeftError,
} from '@weft/protocol'
import { maxAnswerBytes } from './constants.ts'
import { hasRoom, matches } from './matches.ts'
import { SampleSet } from './sample-set.ts'

/** Whose stream an entry lives and dies with. */
export type EntryOwner = object

type Entry = Offer & {
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
  /** By role, model and region; `*` for any. */
  readonly #index = new Map<string, SampleSet<Entry>>()

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
    if (existing) this.#remove(existing)
    const activeJobs = existing?.owner === owner ? existing.activeJobs : 0
    const bytes = encode('offer', offerSchema, { registration, activeJobs }).length
    const entry = { registration, activeJobs, seenAtMs: this.#now(), owner, bytes }
    this.#entries.set(peerId, entry)
    for (const key of keysOf(registration)) {
      const set = this.#index.get(key) ?? new SampleSet()
      set.add(entry)
      this.#index.set(key, set)
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
    if (entry?.owner === owner) this.#remove(entry)
  }

  /** Removes entries without a sign of life for `ms`. */
  sweep(ms: number): void {
    const limitMs = this.#now() - ms
    for (const entry of this.#entries.values()) {
      if (entry.seenAtMs < limitMs) this.#remove(entry)
    }
  }

  /**
   * A sample of what matches, so that many askers spread over many nodes: from the asked region
   * before others, with room for a job before busy.
   * @returns as `total` how many have the role and the model at any price and load
   */
  find(query: DirectoryQuery): { offers: Offer[]; total: number } {
    const { role, modelCid, region } = query
    const everywhere = this.#index.get(keyOf(role, modelCid, null))
    const there = region === null ? undefined : this.#index.get(keyOf(role, modelCid, region))
    const limit = Math.min(query.limit, limits.maxOffers)
    const answer = new Answer(limit)
    const busy: Entry[] = []
    for (const entry of drawAll([there, everywhere])) {
      if (answer.isFull) break
      if (!matches(entry, query)) continue
      if (role === 'stores' || hasRoom(entry)) answer.add(entry)
      else if (busy.length < limit) busy.push(entry)
    }
    for (const entry of busy) answer.add(entry)
    return { offers: answer.offers, total: everywhere?.size ?? 0 }
  }

  #remove(entry: Entry): void {
    this.#entries.delete(entry.registration.peerId)
    for (const key of keysOf(entry.registration)) {
      const set = this.#index.get(key)
      set?.delete(entry)
      if (set?.size === 0) this.#index.delete(key)
    }
  }
}

/** As many offers as fit into one message; one that is too large keeps no smaller one out. */
class Answer {
  readonly #entries = new Set<Entry>()
  readonly #limit: number
  #bytes = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  get isFull(): boolean {
    return this.#entries.size >= this.#limit
  }

  get offers(): Offer[] {
    return [...this.#entries].map(({ registration, activeJobs }) => ({ registration, activeJobs }))
  }

  add(entry: Entry): void {
    if (this.isFull || this.#entries.has(entry)) return
    if (this.#bytes + entry.bytes > maxAnswerBytes) return
    this.#bytes += entry.bytes
    this.#entries.add(entry)
  }
}

function* drawAll(sets: readonly (SampleSet<Entry> | undefined)[]): Generator<Entry> {
  for (const set of sets) if (set) yield* set.draw()
}

function keyOf(role: string, modelCid: string | null, region: string | null): string {
  return `${role} ${modelCid ?? '*'} ${region ?? '*'}`
}

function keysOf({ models, stores, layers, region }: Registration): Set<string> {
  const cids = {
    models: models.map(({ modelCid }) => modelCid),
    stores,
    layers: layers.map(({ modelCid }) => modelCid),
  }
  const keys = new Set<string>()
  for (const [role, offered] of Object.entries(cids)) {
    for (const cid of offered.length > 0 ? [null, ...offered] : []) {
      keys.add(keyOf(role, cid, null))
      if (region !== null) keys.add(keyOf(role, cid, region))
    }
  }
  return keys
}
