/**
 * Relays that share a directory: each tells the others, over gossipsub, who is registered with it,
 * and each new link begins with everything. Node only.
 * @module
 */
import type { GossipSub, Message } from '@libp2p/gossipsub'
import type { Connection, Libp2p, Stream } from '@libp2p/interface'
import {
  decode,
  encode,
  type FederationNews,
  federationNewsSchema,
  pause,
  type Registration,
  type SealedOffer,
  WeftError,
} from '@weft/protocol'
import type { DirectoryTable } from '../directory/directory-table.ts'
import { RelayLink } from '../relays/relay-link.ts'
import { cutConnection } from '../wire/cut-connection.ts'
import { withDeadline } from '../wire/deadline.ts'
import { MessageStream } from '../wire/message-stream.ts'
import {
  askingSide,
  federationProtocol,
  federationTimes,
  maxNewsBytes,
  newsTopic,
  offersPerNews,
  servingSide,
} from './constants.ts'
import { Fellow } from './fellow.ts'
import type { Outbox } from './outbox.ts'

export type FederationInit = {
  libp2p: Libp2p
  gossip: GossipSub
  /** Multiaddrs of the other relays, each ending in `/p2p/<PeerId>`. They must name us as well. */
  fellows: readonly string[]
  table: DirectoryTable
  /** Filled by the table. */
  outbox: Outbox
  check: (registration: Registration, peerId: string) => void
  /** Under which tabs reach us. */
  addresses: () => string[]
}

type Bond = { fellow: Fellow; link: RelayLink; isSyncing: boolean; wasOnline: boolean }

export class Federation {
  readonly #init: FederationInit
  readonly #bonds = new Map<string, Bond>()
  readonly #stop = new AbortController()
  #flushedMs = 0

  constructor(init: FederationInit) {
    this.#init = init
    for (const address of init.fellows) this.#bond(address)
  }

  /** Relays that are connected now. */
  get online(): number {
    return [...this.#bonds.values()].filter(({ link }) => link.connection).length
  }

  async start(): Promise<void> {
    const { libp2p, gossip } = this.#init
    const { TopicValidatorResult } = await import('@libp2p/gossipsub')
    gossip.topicValidators.set(newsTopic, (_from, message) =>
      this.#isOfFellow(message) ? TopicValidatorResult.Accept : TopicValidatorResult.Reject,
    )
    gossip.addEventListener('message', ({ detail }) => this.#receive(detail))
    gossip.subscribe(newsTopic)
    // Gossipsub opens its stream once for each peer: of two connections it may have been on this one.
    libp2p.addEventListener('connection:close', ({ detail }) => {
      const bond = this.#bonds.get(detail.remotePeer.toString())
      if (bond) this.#cut(bond.link)
    })
    await libp2p.handle(
      federationProtocol,
      (stream, connection) => this.#serve(stream, connection),
      // It may ask for every other relay, and one stream is just being replaced.
      { maxInboundStreams: this.#bonds.size + 1 },
    )
    for (const { link } of this.#bonds.values()) link.start()
    void this.#run()
  }

  /** Tells the others that what we hold is gone. */
  async leave(): Promise<void> {
    const [news] = this.#init.outbox.take(this.#init.table, [])
    if (news) await this.#publish({ ...news, offers: [], loads: [], digest: null, isLeaving: true })
  }

  stop(): void {
    this.#stop.abort()
    for (const { link } of this.#bonds.values()) link.stop()
  }

  #bond(address: string): void {
    const { libp2p, table, check } = this.#init
    const link: RelayLink = new RelayLink({
      libp2p,
      address,
      onChange: () => {
        const isOnline = link.connection !== null
        if (isOnline && !bond.wasOnline) {
          fellow.connected()
          void this.#sync(bond)
        }
        bond.wasOnline = isOnline
      },
      onStreamLost: () => {},
      dialMs: federationTimes.dialMs,
      maxPauseMs: federationTimes.redialMs,
    })
    const fellow = new Fellow({
      peerId: link.peerId,
      table,
      check,
      onDifference: () => void this.#sync(bond),
    })
    const bond: Bond = { fellow, link, isSyncing: false, wasOnline: false }
    this.#bonds.set(link.peerId, bond)
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop
    for (;;) {
      await pause(federationTimes.flushMs, signal)
      if (signal.aborted) return
      const nowMs = performance.now()
      const isDue = nowMs - this.#flushedMs >= federationTimes.pulseMs
      if (!isDue && this.#init.outbox.isEmpty) continue
      this.#flushedMs = nowMs
      const { outbox, table, addresses } = this.#init
      for (const news of outbox.take(table, addresses())) await this.#publish(news)
      for (const bond of this.#bonds.values()) this.#watch(bond)
    }
  }

  #watch(bond: Bond): void {
    const { fellow, link } = bond
    fellow.sweep()
    if (!link.connection || fellow.silentMs < federationTimes.silenceMs) return
    if (fellow.silentMs < federationTimes.lossMs) void this.#sync(bond)
    else this.#cut(link)
  }

  #cut({ peerId }: RelayLink): void {
    const error = new WeftError('network/silent', 'The other relay sends no news.')
    for (const connection of this.#init.libp2p.getConnections()) {
      if (connection.remotePeer.toString() === peerId) void cutConnection(connection, error)
    }
  }

  async #publish(news: FederationNews): Promise<void> {
    try {
      const bytes = encode('federation news', federationNewsSchema, news, maxNewsBytes)
      await this.#init.gossip.publish(newsTopic, bytes)
    } catch {
      // Whom it does not reach notices by the next digest.
    }
  }

  #isOfFellow(message: Message): boolean {
    return message.type === 'signed' && this.#bonds.has(message.from.toString())
  }

  #receive(message: Message): void {
    if (message.type !== 'signed' || message.topic !== newsTopic) return
    const bond = this.#bonds.get(message.from.toString())
    try {
      bond?.fellow.receive(
        decode('federation news', federationNewsSchema, message.data, maxNewsBytes),
      )
    } catch {
      // Another version or a broken relay: it is heard again when it makes sense.
    }
  }

  /**
   * Asks for everything that the other relay holds; tries again while the digest differs. Where the line
   * to it is cut, any relay is asked what it has heard of it.
   */
  async #sync(bond: Bond): Promise<void> {
    const { fellow, link } = bond
    const connection = link.connection ?? this.#connectionOfAny()
    if (bond.isSyncing || !connection) return
    bond.isSyncing = true
    try {
      const isOwnWord = connection === link.connection
      const of = isOwnWord ? null : fellow.peerId
      await fellow.takeAll(pagesOf(connection, of), { isOwnWord })
    } catch {
      // The next digest differs again.
    }
    await pause(fellow.syncPauseMs, this.#stop.signal)
    bond.isSyncing = false
  }

  #connectionOfAny(): Connection | undefined {
    const open = [...this.#bonds.values()].flatMap(({ link }) => link.connection ?? [])
    return open[Math.floor(Math.random() * open.length)]
  }

  /** Page by page, each on request. Never rejects. */
  async #serve(stream: Stream, connection: Connection): Promise<void> {
    const messages = new MessageStream({ stream, format: servingSide, onOffence: () => {} })
    if (!this.#bonds.has(connection.remotePeer.toString())) {
      messages.abort(new WeftError('network/refused', 'Only relays that are configured may ask.'))
      return
    }
    try {
      let pages: Generator<SealedOffer[], undefined> | undefined
      for (;;) {
        const request = await withDeadline((signal) => messages.read({ signal }), {
          subject: 'The request for a page',
          ms: federationTimes.pageMs,
          signal: this.#stop.signal,
        })
        if (request === null) break
        pages ??= this.#pages(request.of)
        const { value: offers } = pages.next()
        if (!offers) break
        await messages.write({ offers })
      }
    } catch (error) {
      messages.abort(WeftError.from(error, 'network/stream-lost', 'The stream broke.'))
    }
    await messages.close()
  }

  /** @param of - another relay; null: this one */
  *#pages(of: string | null): Generator<SealedOffer[], undefined> {
    const { table } = this.#init
    const holding = of === null ? table.own : this.#bonds.get(of)?.fellow.holding
    let page: SealedOffer[] = []
    for (const peerId of holding?.peerIds() ?? []) {
      const entry = table.get(peerId)
      if (entry) page.push({ registration: entry.sealed, activeJobs: entry.activeJobs })
      if (page.length < offersPerNews) continue
      yield page
      page = []
    }
    if (page.length > 0) yield page
  }
}

async function* pagesOf(connection: Connection, of: string | null): AsyncGenerator<SealedOffer[]> {
  const ms = federationTimes.pageMs
  const stream = await connection.newStream(federationProtocol, {
    signal: AbortSignal.timeout(ms),
  })
  const messages = new MessageStream({ stream, format: askingSide, onOffence: () => {} })
  try {
    for (;;) {
      await messages.write({ type: 'more', of })
      const page = await withDeadline((signal) => messages.read({ signal }), {
        subject: 'A page of what the other relay holds',
        ms,
      })
      if (page === null) return
      yield page.offers
    }
  } finally {
    messages.abort(new WeftError('network/closed', 'No more pages are needed.'))
  }
}
