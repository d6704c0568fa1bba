/**
 * The network of one tab over a running libp2p: relay links, directory, jobs.
 * @module
 */
import type { Connection, Libp2p, Stream } from '@libp2p/interface'
import {
  type DirectoryQuery,
  type Job,
  type LayerOffer,
  limits,
  type Offer,
  type PrivateKey,
  pause,
  type Registration,
  WeftError,
} from '@weft/protocol'
import { audits } from './audit/constants.ts'
import { BlobServer } from './blob/blob-server.ts'
import { blobProtocol, maxIncomingStreams as maxIncomingLines } from './blob/constants.ts'
import { openLine } from './blob/open-line.ts'
import { announcedAddresses } from './directory/announced-addresses.ts'
import { Announcer } from './directory/announcer.ts'
import { directoryTimes } from './directory/constants.ts'
import { findOffersAgain } from './directory/find-offers.ts'
import { OfferReader } from './directory/offer-reader.ts'
import { clientSide, inferProtocol, inferTimes, maxIncomingStreams } from './infer/constants.ts'
import { Dialer } from './infer/dialer.ts'
import { InferServer, type JobHandler } from './infer/infer-server.ts'
import { openCall } from './infer/job-call.ts'
import { layersProtocol, maxIncomingStreams as maxIncomingHeads } from './layers/constants.ts'
import { openLayersLine } from './layers/layers-line.ts'
import { LayersServer } from './layers/layers-server.ts'
import { Liveness, paceOfTab } from './liveness.ts'
import type {
  Announcement,
  AnnouncementHandle,
  CallOptions,
  ChunkHandler,
  ChunkLine,
  JobCall,
  LayersHandler,
  LayersLine,
  Network,
  NetworkStatus,
  OfferQuery,
  WaitOptions,
} from './network.ts'
import { proofs } from './prove/constants.ts'
import type { KnownRelays } from './relays/known-relays.ts'
import type { RelayLink } from './relays/relay-link.ts'
import { RelayLinks } from './relays/relay-links.ts'
import type { Strikes } from './strikes.ts'
import { cutConnection } from './wire/cut-connection.ts'
import { withDeadline } from './wire/deadline.ts'
import { MessageStream } from './wire/message-stream.ts'
import { askQuestion, QuestionServer, type Questions } from './wire/questions.ts'

export type TabNetworkComponents = {
  /** Started; its connection gater asks `strikes` and `knownRelays`. */
  libp2p: Libp2p
  privateKey: PrivateKey
  relays: string[]
  region?: string | null
  strikes: Strikes
  knownRelays: KnownRelays
}

/** @throws WeftError `network/relay-address` */
export async function createNetworkFrom(components: TabNetworkComponents): Promise<Network> {
  const network = new TabNetwork(components)
  await network.start()
  return network
}

type Answering<Kind> =
  Kind extends Questions<infer Question, infer Answer> ? QuestionServer<Question, Answer> : never

class TabNetwork implements Network {
  readonly peerId: string
  readonly region: string | null
  readonly #components: TabNetworkComponents
  readonly #links: RelayLinks
  readonly #dialer: Dialer
  readonly #server: InferServer
  readonly #blobs: BlobServer
  readonly #layers: LayersServer
  readonly #audits: Answering<typeof audits>
  readonly #proofs: Answering<typeof proofs>
  readonly #liveness: Liveness
  readonly #events = new AbortController()
  readonly #reader = new OfferReader()
  readonly #announcer: Announcer

  constructor(components: TabNetworkComponents) {
    const { libp2p, relays, privateKey, region = null, knownRelays } = components
    this.#components = components
    this.peerId = libp2p.peerId.toString()
    this.region = region
    const rttMs = (connection: Connection) => this.#liveness.rttMs(connection)
    const isAuthentic = (node: Registration) => this.#reader.isAuthentic(node)
    this.#dialer = new Dialer({ libp2p, relays: knownRelays, isAuthentic, rttMs })
    const onOffence = (connection: Connection) => this.#strike(connection)
    this.#server = new InferServer({ onOffence })
    this.#blobs = new BlobServer({ onOffence })
    this.#layers = new LayersServer({ onOffence })
    this.#audits = new QuestionServer({ questions: audits, onOffence })
    this.#proofs = new QuestionServer({ questions: proofs, onOffence })
    this.#links = new RelayLinks({
      libp2p,
      relays,
      onChange: () => this.#announcer.reconcile(),
      onStreamLost: (link) => this.#announcer.forget(link),
    })
    this.#announcer = new Announcer({
      privateKey,
      region,
      links: this.#links.all,
      addresses: () => this.#directAddresses(),
    })
    const isAsked = (link: RelayLink) => () => link.directory?.isAsked ?? false
    const asked = new Map(this.#links.all.map((link) => [link.peerId, isAsked(link)]))
    this.#liveness = new Liveness({ libp2p, paceOf: paceOfTab(asked) })
  }

  async start(): Promise<void> {
    const { libp2p } = this.#components
    const { signal } = this.#events
    // The first says at once that a reservation came, the second, a second late, that one went.
    libp2p.addEventListener('transport:listening', () => this.#announcer.reconcile(), { signal })
    libp2p.addEventListener('self:peer:update', () => this.#announcer.reconcile(), { signal })
    const served = [
      [inferProtocol, this.#server, maxIncomingStreams],
      [blobProtocol, this.#blobs, maxIncomingLines],
      [layersProtocol, this.#layers, maxIncomingHeads],
      // One more than are served, so that those too many are told.
      [audits.protocol, this.#audits, audits.maxPerPeer + 1],
      [proofs.protocol, this.#proofs, proofs.maxPerPeer + 1],
    ] as const
    for (const [protocol, server, maxInboundStreams] of served) {
      const handler = (stream: Stream, connection: Connection) => server.serve(stream, connection)
      await libp2p.handle(protocol, handler, { maxInboundStreams, maxOutboundStreams: 64 })
    }
    this.#links.start()
  }

  status(): NetworkStatus {
    return this.#links.status
  }

  onStatus(listener: (status: NetworkStatus) => void): () => void {
    return this.#links.onStatus(listener)
  }

  async findOffers(
    { role, modelCid, maxPrice, region, isFree = false, ...how }: OfferQuery,
    options: WaitOptions = {},
  ): Promise<Offer[]> {
    const { limit = limits.maxOffers, checksLater = false } = how
    const query: DirectoryQuery = {
      type: 'query',
      role,
      modelCid,
      maxPrice: maxPrice ?? null,
      region: region ?? this.region,
      isFree,
      limit,
    }
    const online = (endMs: number) => this.#links.directories(options, endMs)
    const parameters = { online, query, reader: this.#reader, checksLater }
    for (;;) {
      const found = await findOffersAgain(parameters, options)
      this.#components.knownRelays.vouch(found.relays)
      const isSettling = this.#links.all.some((link) => link.isSettling)
      if (found.offers.length > 0 || !isSettling || options.signal?.aborted) return found.offers
      await pause(directoryTimes.askAgainMs, options.signal ?? this.#events.signal)
    }
  }

  announce(announcement: Announcement): AnnouncementHandle {
    return this.#announcer.add(announcement)
  }

  async callNode(node: Registration, job: Job, options: CallOptions = {}): Promise<JobCall> {
    const connection = await this.#dialer.connect(node, options)
    const stream = await withDeadline(
      (signal) => connection.newStream(inferProtocol, { signal, maxOutboundStreams: 64 }),
      { subject: 'Opening a stream to the node', ms: inferTimes.openMs, signal: options.signal },
    ).catch((cause: unknown) => {
      throw WeftError.from(cause, 'network/unreachable', 'The node takes no stream for a job.')
    })
    const messages = new MessageStream({
      stream,
      format: clientSide,
      onOffence: () => this.#strike(connection),
    })
    stream.addEventListener('message', () => this.#liveness.heard(connection))
    const { answered = [], payment = null, onQueued = () => {} } = options
    const init = { nodePeerId: node.peerId, job, answered, payment, onQueued }
    return openCall(messages, init, options)
  }

  async reach(node: Registration, options: WaitOptions = {}): Promise<void> {
    await this.#dialer.connect(node, options)
  }

  rttMs(peerId: string): number | null {
    const connection = this.#dialer.findDirect(peerId)
    return connection ? this.#liveness.rttMs(connection) : null
  }

  handleJobs(handler: JobHandler): () => void {
    return handle(this.#server, handler)
  }

  async openChunks(storing: Registration, options: WaitOptions = {}): Promise<ChunkLine> {
    const connection = await this.#dialer.connect(storing, options)
    const onOffence = () => this.#strike(connection)
    return openLine({ connection, onOffence }, options)
  }

  handleChunks(handler: ChunkHandler): () => void {
    return handle(this.#blobs, handler)
  }

  async openLayers(
    computing: Registration,
    asked: LayerOffer,
    options: WaitOptions = {},
  ): Promise<LayersLine> {
    const connection = await this.#dialer.connect(computing, options)
    const onOffence = () => this.#strike(connection)
    const { modelCid, part } = asked
    return openLayersLine({ connection, onOffence, asked: { modelCid, part } }, options)
  }

  handleLayers(handler: LayersHandler): () => void {
    return handle(this.#layers, handler)
  }

  audit: Network['audit'] = (verifying, request, options) =>
    this.#ask(audits, verifying, request, options)

  handleAudits: Network['handleAudits'] = (handler) => handle(this.#audits, handler)

  prove: Network['prove'] = (proving, request, options) =>
    this.#ask(proofs, proving, request, options)

  handleProofs: Network['handleProofs'] = (handler) => handle(this.#proofs, handler)

  async stop(): Promise<void> {
    this.#server.handler = null
    this.#audits.handler = null
    this.#proofs.handler = null
    this.#layers.handler = null
    this.#blobs.stop()
    await this.#announcer.stop()
    this.#links.stop()
    this.#liveness.stop()
    this.#dialer.stop()
    this.#events.abort()
    await cutConnections(this.#components.libp2p)
    await this.#components.libp2p.stop()
  }

  async #ask<Question, Answer>(
    questions: Questions<Question, Answer>,
    tab: Registration,
    question: Question,
    options: WaitOptions = {},
  ) {
    const connection = await this.#dialer.connect(tab, options)
    const onOffence = () => this.#strike(connection)
    return askQuestion(questions, { connection, onOffence, question }, options)
  }

  #directAddresses(): string[] {
    const ending = this.#links.all.filter((link) => link.isDraining).map(({ peerId }) => peerId)
    const addresses = this.#components.libp2p.getMultiaddrs().map((address) => address.toString())
    const isOverEnding = (address: string) =>
      ending.some((peerId) => address.includes(`/p2p/${peerId}/p2p-circuit`))
    return announcedAddresses(addresses.filter((address) => !isOverEnding(address)))
  }

  #strike(connection: Connection): void {
    if (!this.#components.strikes.record(connection.remotePeer.toString())) return
    const error = new WeftError('network/struck-out', 'Too many broken messages.')
    void cutConnection(connection, error)
  }
}

/** One at a time. @returns ends it */
function handle<Handler>(server: { handler: Handler | null }, handler: Handler): () => void {
  server.handler = handler
  return () => {
    if (server.handler === handler) server.handler = null
  }
}

/** Unlike a stop of libp2p, this reaches other tabs at once, even from a page that is going away. */
export async function cutConnections(libp2p: Pick<Libp2p, 'getConnections'>): Promise<void> {
  const error = new WeftError('network/closed', 'This tab is closing.')
  await Promise.all(libp2p.getConnections().map((connection) => cutConnection(connection, error)))
}
