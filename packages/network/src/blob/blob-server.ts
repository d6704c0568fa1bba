/**
 * The giving half of `/weft/blob/1`: takes lines and answers from what this tab stores.
 * @module
 */
import type { Connection, Stream } from '@libp2p/interface'
import {
  type BlobRequest,
  type BlobResponse,
  bytesToHex,
  chunkProof,
  type RefusalReason,
  WeftError,
} from '@weft/protocol'
import type { ChunkHandler } from '../network.ts'
import { type LinePlace, LinePlaces, readBeforeIdle } from '../wire/line-places.ts'
import { MessageStream } from '../wire/message-stream.ts'
import { blobTimes, givingSide, maxLines, maxLinesPerPeer, maxQueuedRequests } from './constants.ts'
import { UploadGate } from './upload-gate.ts'

type Messages = MessageStream<BlobRequest, BlobResponse>
type Request = Exclude<BlobRequest, { type: 'cancel' }>

export class BlobServer {
  readonly #onOffence: (connection: Connection) => void
  readonly #places = new LinePlaces({
    max: maxLines,
    maxPerPeer: maxLinesPerPeer,
    yieldMs: blobTimes.placeMs,
  })
  readonly #gate = new UploadGate(
    () => this.handler?.limits() ?? { bytesPerSecond: null, maxPeers: 1 },
  )
  handler: ChunkHandler | null = null

  constructor({ onOffence }: { onOffence: (connection: Connection) => void }) {
    this.#onOffence = onOffence
  }

  stop(): void {
    this.handler = null
    this.#gate.stop()
  }

  /** Never rejects: whatever a peer sends ends its stream and nothing else. */
  async serve(stream: Stream, connection: Connection): Promise<void> {
    const peerId = connection.remotePeer.toString()
    const onOffence = () => this.#onOffence(connection)
    const messages: Messages = new MessageStream({ stream, format: givingSide, onOffence })
    let place: LinePlace | undefined
    try {
      place = this.#places.take(peerId, (error) => messages.abort(error))
      await new GivingLine({
        messages,
        peerId,
        place,
        gate: this.#gate,
        handler: () => this.handler,
      }).run()
    } catch (error) {
      messages.abort(WeftError.from(error, 'network/line-failed', 'The line failed.'))
    } finally {
      place?.leave()
      if (!this.#places.has(peerId)) this.#gate.leave(peerId)
    }
  }
}

type GivingLineInit = {
  messages: Messages
  peerId: string
  place: LinePlace
  gate: UploadGate
  handler: () => ChunkHandler | null
}

/** One line: requests are answered in their order, one at a time, so that one chunk is held at most. */
class GivingLine {
  readonly #init: GivingLineInit
  readonly #end = new AbortController()
  #queue: Request[] = []
  readonly #cancelled = new Set<number>()
  #answering: Promise<void> | null = null
  /** When something was asked for last; to take a request back is no request. */
  #askedMs = performance.now()

  constructor(init: GivingLineInit) {
    this.#init = init
  }

  async run(): Promise<void> {
    const { messages } = this.#init
    try {
      for (;;) {
        const request = await this.#next()
        if (request === null) break
        if (request.type === 'cancel') this.#cancel(request.requestId)
        else this.#take(request)
      }
    } finally {
      this.#queue = []
      this.#end.abort()
      await this.#answering
    }
    await messages.close()
  }

  /** @returns null when the other side has closed */
  async #next(): Promise<BlobRequest | null> {
    const { idleMs } = blobTimes
    for (;;) {
      try {
        return await readBeforeIdle(this.#init.messages, { sinceMs: this.#askedMs, idleMs })
      } catch (error) {
        const isIdle = WeftError.is(error) && error.code === 'network/idle'
        if (!isIdle || !this.#answering) throw error
        this.#askedMs = performance.now()
      }
    }
  }

  #take(request: Request): void {
    if (this.#queue.length >= maxQueuedRequests) {
      throw this.#init.messages.refuse('More requests at once than are allowed.')
    }
    this.#askedMs = performance.now()
    this.#queue.push(request)
    this.#answering ??= this.#answerAll()
  }

  /** One that is being answered is answered. */
  #cancel(requestId: number): void {
    if (this.#queue.some((request) => request.requestId === requestId)) {
      this.#cancelled.add(requestId)
    }
  }

  async #answerAll(): Promise<void> {
    const { messages, peerId, handler } = this.#init
    try {
      for (let next = this.#queue.shift(); next; next = this.#queue.shift()) {
        const answer = await this.#answer(next)
        await messages.write(answer)
        if (answer.type === 'chunk') handler()?.onGiven(peerId, answer.body.length)
      }
    } catch (error) {
      messages.abort(WeftError.from(error, 'network/line-failed', 'The line failed.'))
    } finally {
      // At once: a request that comes a moment later begins it anew.
      this.#answering = null
    }
  }

  async #answer(request: Request): Promise<BlobResponse> {
    const { requestId } = request
    const { gate, peerId, place } = this.#init
    const allowed = (bytes: number) => place.use(() => gate.take(peerId, bytes, this.#end.signal))
    const refuse = (reason: RefusalReason, retryAfterMs = 0): BlobResponse => {
      return { type: 'refusal', requestId, reason, retryAfterMs: Math.ceil(retryAfterMs), body }
    }
    const body = new Uint8Array(0)
    if (this.#cancelled.delete(requestId)) return refuse('cancelled')
    const handler = this.#init.handler()
    if (!handler) return refuse('not-held')
    if (request.type === 'manifest') {
      const busyMs = gate.busyMs()
      if (busyMs > 0) return refuse('busy', busyMs)
      const manifest = await handler.manifest(request.modelCid)
      if (!manifest) return refuse('not-held')
      await allowed(manifest.length)
      return { type: 'manifest', requestId, body: manifest }
    }
    if (request.type === 'holdings') {
      const bits = await handler.holdings(request.modelCid)
      return bits ? { type: 'holdings', requestId, bits, body } : refuse('not-held')
    }
    // Proofs cost as much reading as chunks, so they take a place and a turn as well.
    const waitMs = gate.enter(peerId)
    if (waitMs > 0) return refuse('busy', waitMs)
    const bytes = await handler.chunk(bytesToHex(request.hash))
    if (!bytes) return refuse('not-held')
    await allowed(bytes.length)
    if (request.type === 'chunk') return { type: 'chunk', requestId, body: bytes }
    return { type: 'proof', requestId, digest: await chunkProof(request.nonce, bytes), body }
  }
}
