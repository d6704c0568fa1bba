/**
 * What a relay knows of nodes: soft state, brought back by the tabs themselves after a restart. An
 * entry lives as long as somebody holds it: the node's own stream, or another relay that has it.
 * @module
 */
import {
  type DirectoryQuery,
  encodeRegistration,
  limits,
  type Offer,
  type Registration,
  type SealedOffer,
  WeftError,
} from '@weft/protocol'
import { Answer } from './answer.ts'
import { maxLooks } from './constants.ts'
import { Holding } from './holding.ts'
import { hasRoom, matches, runsJobs } from './matches.ts'
import { SampleSet } from './sample-set.ts'

/** Whose stream an entry lives and dies with. */
export type EntryOwner = object

export type Entry = Offer & {
  /** Its canonical bytes. */
  sealed: Uint8Array
  own: { owner: EntryOwner; seenAtMs: number } | null
  fellows: Set<Holding>
}

export type DirectoryTableInit = {
  /** Of nodes with a stream to this relay, and of those of each other relay. */
  maxEntries: number
  /** Something has changed that this relay itself says of a node. */
  onChange?: (peerId: string, what: 'registration' | 'load') => void
  now?: () => number
}

export class DirectoryTable {
  readonly #init: Required<DirectoryTableInit>
  readonly #entries = new Map<string, Entry>()
  /** By role, model and region; `*` for any. */
  readonly #index = new Map<string, SampleSet<Entry>>()
  /** Registered with this relay itself. */
  readonly own = new Holding()

  constructor(init: DirectoryTableInit) {
    this.#init = { onChange: () => {}, now: Date.now, ...init }
  }

  /** Nodes known here, by whomever. */
  get size(): number {
    return this.#entries.size
  }

  /** How many of them answer with a model. */
  get answering(): number {
    return this.#index.get(keyOf('models', null, null))?.size ?? 0
  }

  get(peerId: string): Readonly<Entry> | undefined {
    return this.#entries.get(peerId)
  }

  /**
   * From the node's own stream. What another relay has told already may be said again.
   * @param registration - already checked
   * @throws WeftError `network/stale-registration`, `network/relay-full`
   */
  put(registration: Registration, owner: EntryOwner): void {
    const { peerId, sequence } = registration
    const existing = this.#entries.get(peerId)
    const known = existing?.registration.sequence ?? -1
    if (known > sequence || (known === sequence && existing?.own?.owner === owner)) {
      throw new WeftError('network/stale-registration', 'A newer registration is known.')
    }
    if (!this.own.has(peerId) && this.own.size >= this.#init.maxEntries) {
      throw new WeftError('network/relay-full', 'This relay knows as many nodes as it can.')
    }
    const entry = this.#renew(registration, () => encodeRegistration(registration))
    if (existing?.own?.owner !== owner) entry.activeJobs = 0
    entry.own = { owner, seenAtMs: this.#init.now() }
    this.#tell(entry, 'registration')
  }

  /** @returns false when this owner has no entry */
  touch(peerId: string, owner: EntryOwner, activeJobs: number): boolean {
    const entry = this.#entries.get(peerId)
    if (entry?.own?.owner !== owner) return false
    entry.own.seenAtMs = this.#init.now()
    if (entry.activeJobs !== activeJobs) this.#init.onChange(peerId, 'load')
    entry.activeJobs = activeJobs
    return true
  }

  /** Removes what this stream holds, unless another one has taken it over. */
  drop(peerId: string, owner: EntryOwner): void {
    const entry = this.#entries.get(peerId)
    if (entry?.own?.owner === owner) this.#dropOwn(entry)
  }

  /** Lets go of own entries without a sign of life for `ms`. */
  sweep(ms: number): void {
    const limitMs = this.#init.now() - ms
    for (const peerId of this.own.peerIds()) {
      const entry = this.#entries.get(peerId)
      if (entry?.own && entry.own.seenAtMs < limitMs) this.#dropOwn(entry)
    }
  }

  /**
   * From another relay. An older registration than the known one only says who has the node.
   * @param sealed - bytes of `registration`, already checked
   * Left out where that relay holds as many as it may.
   */
  adopt({ registration, activeJobs }: Offer, sealed: Uint8Array, fellow: Holding): void {
    const { peerId, sequence } = registration
    if (!fellow.has(peerId) && fellow.size >= this.#init.maxEntries) return
    const known = this.#entries.get(peerId)
    const isNewer = !known || known.registration.sequence < sequence
    const entry = isNewer ? this.#renew(registration, () => sealed) : known
    entry.fellows.add(fellow)
    fellow.set(peerId, sequence)
    if (!entry.own) entry.activeJobs = activeJobs
    else if (isNewer) this.#tell(entry, 'registration')
  }

  /** What the node itself tells this relay counts more. */
  adoptLoad(peerId: string, activeJobs: number, fellow: Holding): void {
    const entry = this.#entries.get(peerId)
    if (entry?.fellows.has(fellow) && !entry.own) entry.activeJobs = activeJobs
  }

  /** That relay no longer has the node. */
  release(peerId: string, fellow: Holding): void {
    fellow.delete(peerId)
    const entry = this.#entries.get(peerId)
    if (!entry?.fellows.delete(fellow)) return
    this.#removeUnheld(entry)
  }

  /**
   * A sample of what matches, so that many askers spread over many nodes: from the asked region
   * before others, with room for a job before busy.
   */
  find(query: DirectoryQuery): { offers: SealedOffer[]; total: number; relays: string[] } {
    const { role, modelCid, region } = query
    const everywhere = this.#index.get(keyOf(role, modelCid, null))
    const there = region === null ? undefined : this.#index.get(keyOf(role, modelCid, region))
    const limit = Math.min(query.limit, limits.maxOffers)
    const answer = new Answer(limit)
    const busy: Entry[] = []
    for (const entry of drawAll([there, everywhere])) {
      if (answer.isFull) break
      if (!matches(entry, query)) continue
      if (!runsJobs(role) || hasRoom(entry)) answer.add(entry)
      else if (busy.length < limit) busy.push(entry)
    }
    for (const entry of busy) answer.add(entry)
    return { offers: answer.offers(), total: everywhere?.size ?? 0, relays: answer.relays() }
  }

  /** Puts a registration in the place of the one before; who holds it stays. */
  #renew(registration: Registration, seal: () => Uint8Array): Entry {
    const { peerId, sequence } = registration
    const existing = this.#entries.get(peerId)
    if (existing?.registration.sequence === sequence) return existing
    const held = existing ?? { activeJobs: 0, own: null, fellows: new Set() }
    const entry: Entry = { ...held, registration, sealed: seal() }
    if (existing) this.#unindex(existing)
    this.#entries.set(peerId, entry)
    for (const key of keysOf(registration)) {
      const set = this.#index.get(key) ?? new SampleSet()
      set.add(entry)
      this.#index.set(key, set)
    }
    return entry
  }

  #tell({ registration: { peerId, sequence } }: Entry, what: 'registration' | 'load'): void {
    this.own.set(peerId, sequence)
    this.#init.onChange(peerId, what)
  }

  #dropOwn(entry: Entry): void {
    const { peerId } = entry.registration
    entry.own = null
    this.own.delete(peerId)
    this.#removeUnheld(entry)
    this.#init.onChange(peerId, 'registration')
  }

  #removeUnheld(entry: Entry): void {
    if (entry.own || entry.fellows.size > 0) return
    this.#entries.delete(entry.registration.peerId)
    this.#unindex(entry)
  }

  #unindex(entry: Entry): void {
    for (const key of keysOf(entry.registration)) {
      const set = this.#index.get(key)
      set?.delete(entry)
      if (set?.size === 0) this.#index.delete(key)
    }
  }
}

function* drawAll(sets: readonly (SampleSet<Entry> | undefined)[]): Generator<Entry> {
  for (const set of sets) if (set) yield* set.draw(maxLooks)
}

function keyOf(role: string, modelCid: string | null, region: string | null): string {
  return `${role} ${modelCid ?? '*'} ${region ?? '*'}`
}

function keysOf({ models, stores, layers, verifies, proves, region }: Registration): Set<string> {
  const cids = {
    models: models.map(({ modelCid }) => modelCid),
    stores,
    layers: layers.map(({ modelCid }) => modelCid),
    verifies,
    proves,
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
