/**
 * What the rest of Weft sees of the network: values in, values out, no libp2p type.
 * @module
 */
import type {
  AuditRequest,
  AuditResponse,
  ChunkAnswer,
  Delta,
  Job,
  JobPayment,
  LayerOffer,
  ModelOffer,
  Offer,
  OfferRole,
  PartStep,
  Price,
  PrivateKey,
  ProveRequest,
  ProveResponse,
  QueuePlace,
  Quote,
  Receipt,
  Registration,
  Voucher,
  WireError,
} from '@weft/protocol'

export type RelayState = 'connecting' | 'online' | 'offline'

export type RelayStatus = {
  /** The relay's multiaddr as configured. */
  address: string
  state: RelayState
  /** Why it is offline and when it is tried again, in words; null while all is well. */
  detail: string | null
}

export type NetworkStatus = {
  relays: RelayStatus[]
}

export type NetworkInit = {
  /** 32 bytes; the tab's identity. */
  privateKey: PrivateKey
  /** Multiaddrs of relays, each ending in `/p2p/<PeerId>`. */
  relays: string[]
  /** STUN and TURN servers; empty on loopback and in tests. */
  iceServers: RTCIceServer[]
  /** Two lower-case letters that this tab's registrations and questions carry; null says nothing. */
  region?: string | null
}

/** One thing that this tab offers; a registration holds all that are announced at a time. */
export type Announcement = {
  models?: ModelOffer[]
  /** Jobs at the same time for what is announced here; those of all announcements are summed. */
  maxJobs?: number
  /** CIDs of models whose chunks this tab gives to others. */
  stores?: string[]
  layers?: LayerOffer[]
  /** CIDs of models whose answers this tab checks. */
  verifies?: string[]
  /** CIDs of models with secret weights whose answers this tab proves. */
  proves?: string[]
}

export type OfferQuery = {
  role: OfferRole
  /** null for every model. */
  modelCid: string | null
  /** Leaves out models above it. */
  maxPrice?: Price
  /** Nodes there come first; by default this tab's own region. */
  region?: string
  /** Leaves out nodes that run as many jobs as they can. */
  isFree?: boolean
  /** Offers of one relay at most, by default 64. */
  limit?: number
  /**
   * Leaves the check of a signature, which takes 2 ms for each offer, until its node is called: for who
   * calls one of many. Else what was not signed by its node is left out.
   */
  checksLater?: boolean
}

export type WaitOptions = { signal?: AbortSignal }

export type CallOptions = WaitOptions & {
  /** Tokens of the answer that exist already: the node goes on behind them. */
  answered?: readonly number[]
  /** Called when the node is full and the job waits there, and whenever its place changes. */
  onQueued?: (place: QueuePlace) => void
  /** Null for a node that answers for nothing. */
  payment?: JobPayment | null
}

export type AcceptOptions = WaitOptions & {
  /** Goes out with the acceptance. */
  voucher?: Voucher | null
  /**
   * Called once, when nothing more will be read, however it ended: the voucher goes out as the last thing
   * before our side closes. It has two seconds, and must not throw.
   */
  lastVoucher?: () => Promise<Voucher | null>
}

export interface Network {
  readonly peerId: string
  /** Where this tab says it is, as two lower-case letters. */
  readonly region: string | null
  status(): NetworkStatus
  /** @returns a function that ends the subscription */
  onStatus(listener: (status: NetworkStatus) => void): () => void

  /**
   * Live offers, their signatures checked, from the relays that are online: a sample where there are
   * more than an answer holds.
   * @throws WeftError `network/offline` when no relay answers, `network/timeout`
   */
  findOffers(query: OfferQuery, options?: WaitOptions): Promise<Offer[]>

  /**
   * Registers this tab and keeps it registered, through relay restarts too, until stopped. May be
   * called several times: the registration holds everything that is announced; of two offers of one
   * model the later one counts, and what is over the limits of a registration is left out.
   */
  announce(announcement: Announcement): AnnouncementHandle

  /**
   * Dials the node (directly; reuses a live connection) and hands it the job, or the rest of it. At a
   * full node the job may wait; an aborted signal leaves the queue at once.
   * @throws NodeRefusedError with the node's own reason
   * @throws WeftError `network/unreachable`, `network/timeout`, `network/queue-stalled`, `protocol/*`
   *   for a message that does not validate
   */
  callNode(node: Registration, job: Job, options?: CallOptions): Promise<JobCall>

  /**
   * Connects to a node ahead of a call, so that the call begins at once.
   * @throws WeftError `network/unreachable`
   */
  reach(node: Registration, options?: WaitOptions): Promise<void>

  /** Round trip to a peer that this tab is connected to, by its own pings; else null. */
  rttMs(peerId: string): number | null

  /** Serves incoming jobs. One handler at a time. @returns a function that stops serving */
  handleJobs(handler: (incoming: IncomingJob) => Promise<void>): () => void

  /**
   * Opens a line to a tab that stores models.
   * @throws WeftError `network/unreachable`
   */
  openChunks(storing: Registration, options?: WaitOptions): Promise<ChunkLine>

  /** Gives chunks to other tabs. One handler at a time. @returns a function that stops giving */
  handleChunks(handler: ChunkHandler): () => void

  /**
   * Opens a line to a tab that computes layers of a model.
   * @throws WeftError `network/unreachable`, `network/refused`; CancelledError
   */
  openLayers(computing: Registration, asked: LayerOffer, options?: WaitOptions): Promise<LayersLine>

  /**
   * Computes layers for other tabs. One handler at a time; lines end with it.
   * @returns a function that stops it
   */
  handleLayers(handler: LayersHandler): () => void

  /**
   * Has another tab check an answer.
   * @returns what it says, its signature not checked: a verdict, or why there is none
   * @throws WeftError `network/unreachable`, `network/timeout`, `network/stream-lost`, `protocol/*`; CancelledError
   */
  audit(
    verifying: Registration,
    request: AuditRequest,
    options?: WaitOptions,
  ): Promise<AuditResponse>

  /** Checks answers for other tabs. One handler at a time. @returns a function that stops it */
  handleAudits(handler: AuditHandler): () => void

  /**
   * Asks another tab for scores with their proof, or whether a proof holds.
   * @returns what it says: nothing of it is checked
   * @throws as `audit`
   */
  prove(proving: Registration, request: ProveRequest, options?: WaitOptions): Promise<ProveResponse>

  /** Proves, or checks proofs, for other tabs. One handler at a time. @returns a function that stops it */
  handleProofs(handler: ProofHandler): () => void

  /** Closes all streams and connections; peers see it at once. */
  stop(): Promise<void>
}

/** Says what it finds; what it throws is told as a refusal. */
export type QuestionHandler<Question, Answer> = (
  question: Question,
  asker: { peerId: string; signal: AbortSignal },
) => Promise<Answer>

export type AuditHandler = QuestionHandler<AuditRequest, AuditResponse>
export type ProofHandler = QuestionHandler<ProveRequest, ProveResponse>

export interface AnnouncementHandle {
  /** Jobs running now; goes out with the next heartbeat, at once when it grows or falls to zero. */
  setActiveJobs(count: number): void
  /** Takes it back; resolves when the relays know, after a second at most. */
  stop(): Promise<void>
}

export type CallPart = { type: 'delta'; delta: Delta } | { type: 'receipt'; receipt: Receipt }

/** A job at another tab, quoted and not yet accepted. */
export interface JobCall {
  readonly nodePeerId: string
  /** As received; the caller checks it (`checkQuote`). */
  readonly quote: Quote
  /**
   * Reveals the nonce and streams the answer; the receipt is the last part. When the signal aborts,
   * the node is told to stop and the iteration still ends with its receipt if that arrives in time.
   * @throws WeftError `network/node-lost` (connection or process gone, says after how many tokens),
   *   `network/stalled` (no token within the deadline), `network/node-failed` (the node's own error)
   */
  accept(nonce: Uint8Array, options?: AcceptOptions): AsyncIterable<CallPart>
  /** Behind the acceptance, while parts come. A voucher that is lost with its stream is noticed by whoever reads. */
  pay(voucher: Voucher): void
  /** Ends the call without accepting the quote. */
  decline(): void
}

/** A job from another tab. Exactly one of refuse, finish and fail ends it. */
export interface IncomingJob {
  readonly job: Job
  /** Tokens of the answer that the client has from others; at most as many as the job asks for. */
  readonly answered: readonly number[]
  /** Proved by the connection's handshake; equals `job.clientPeerId`. */
  readonly clientPeerId: string
  readonly payment: JobPayment | null
  /** Aborts when the client cancels or is gone. */
  readonly signal: AbortSignal
  /** Aborts when nothing more can come from the client; no later than two seconds behind the end. */
  readonly closed: AbortSignal
  /**
   * Takes vouchers, one after the other, from the acceptance on. Without it, or when it throws, one ends the
   * stream. To be called before `quote`.
   */
  handleVouchers(take: (voucher: Voucher) => Promise<void>): void
  /** @param retryAfterMs - when asking again may help */
  refuse(error: WireError, retryAfterMs?: number): Promise<void>
  /** Tells the client its place while it waits: at most once a second. Before the quote only. */
  queue(place: QueuePlace): Promise<void>
  /** @returns the nonce, already checked against `job.nonceHash` */
  quote(quote: Quote): Promise<Uint8Array>
  /** Resolves when the client has given credit for it. */
  send(delta: Delta): Promise<void>
  finish(receipt: Receipt): Promise<void>
  fail(error: WireError): Promise<void>
}

/**
 * A line to a tab that stores models; at most three answers are on their way at once, further questions
 * wait. Nothing that it brings has been checked: the caller does that, and accuses.
 * Everything throws WeftError `network/stream-lost`, `network/timeout`, `protocol/*` when the line is
 * lost, and CancelledError; a question about a model also `network/not-held`, `network/chunks-busy`.
 */
export interface ChunkLine {
  readonly peerId: string
  /** @returns what should be the manifest's canonical bytes, at most 1 MiB */
  manifest(modelCid: string, options?: WaitOptions): Promise<Uint8Array>
  /** @returns one bit for each chunk of the manifest, in its order, the lowest of a byte first */
  holdings(modelCid: string, options?: WaitOptions): Promise<Uint8Array>
  /** @param hash - SHA-256, 32 bytes */
  chunk(hash: Uint8Array, options?: WaitOptions): Promise<ChunkAnswer>
  /** @returns what should be `chunkProof(nonce, chunk)` */
  challenge(init: ChallengeInit, options?: WaitOptions): Promise<Uint8Array>
  /** What came was wrong: a strike against the peer, and the end of the line. */
  accuse(fact: string): void
  close(): void
}

/** 32 bytes each. */
export type ChallengeInit = { hash: Uint8Array; nonce: Uint8Array }

export type UploadLimits = {
  /** Of all peers together; null: as fast as the line is. */
  bytesPerSecond: number | null
  /** Peers that are given chunks at the same time, at least 1. */
  maxPeers: number
}

/** What a tab gives to others; null or undefined for what it does not. */
export type ChunkHandler = {
  limits(): UploadLimits
  manifest(modelCid: string): Promise<Uint8Array | null>
  holdings(modelCid: string): Promise<Uint8Array | null>
  /** @param hash - SHA-256 in hex */
  chunk(hash: string): Promise<Uint8Array | null>
  /** The bytes were handed to the line to this peer. */
  onGiven(peerId: string, bytes: number): void
}

/** A line to a tab that computes layers, with caches of its own there. */
export interface LayersLine {
  readonly peerId: string
  /** Of the states. */
  readonly width: number
  /**
   * One at a time. Anything but `engine/out-of-memory` ends the line.
   * @param states float32 [rows, tokens, width] of `step.forward`, else empty
   * @returns float32 [rows, positions, width]
   * @throws WeftError `network/stream-lost`, `network/timeout`, `protocol/*`, or the tab's own error
   */
  step(step: PartStep, states: Float32Array, options?: WaitOptions): Promise<Float32Array>
  close(): void
}

/** Layers as one other tab sees them. */
export type OpenedLayers = {
  width: number
  step(step: PartStep, states: Float32Array): Promise<Float32Array>
  /** Frees that tab's caches. */
  close(): void
}

/** @returns null for layers that this tab does not compute */
export type LayersHandler = (asked: LayerOffer & { peerId: string }) => OpenedLayers | null
