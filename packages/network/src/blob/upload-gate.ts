/**
 * Who of the asking peers gets the next bytes, and when: places, a limit of bytes per second, turns.
 * @module
 */
import { pause, unlessAborted } from '@weft/protocol'
import type { UploadLimits } from '../network.ts'
import { blobTimes } from './constants.ts'

type Turn = { bytes: number; resolve: () => void }

export class UploadGate {
  readonly #limits: () => UploadLimits
  readonly #now: () => number
  /** When each peer asked for a chunk last. */
  readonly #places = new Map<string, number>()
  /** Those who wait, by peer; the peer that comes first is served next, and then goes to the end. */
  readonly #turns = new Map<string, Turn[]>()
  readonly #end = new AbortController()
  /** When the bytes that were let go will have been paid for by time. */
  #paidAtMs = 0
  #isServing = false

  constructor(limits: () => UploadLimits, now: () => number = () => performance.now()) {
    this.#limits = limits
    this.#now = now
  }

  /** Takes a place, or keeps it. @returns milliseconds after which one may be free; 0 with a place */
  enter(peerId: string): number {
    const nowMs = this.#now()
    for (const [peer, atMs] of this.#places) {
      if (nowMs - atMs > blobTimes.placeMs && !this.#turns.has(peer)) this.#places.delete(peer)
    }
    if (!this.#places.has(peerId) && this.#places.size >= this.#limits().maxPeers) {
      return blobTimes.placeMs
    }
    const busyMs = this.busyMs()
    if (busyMs === 0) this.#places.set(peerId, nowMs)
    return busyMs
  }

  /** @returns milliseconds that the limit asks for where they are too many to wait; else 0 */
  busyMs(): number {
    const { bytesPerSecond } = this.#limits()
    if (!bytesPerSecond) return 0
    const queued = [...this.#turns.values()].flat().reduce((sum, { bytes }) => sum + bytes, 0)
    const debtMs = Math.max(0, this.#paidAtMs - this.#now())
    const waitMs = debtMs + (1000 * queued) / bytesPerSecond
    return waitMs > blobTimes.maxWaitMs ? waitMs : 0
  }

  leave(peerId: string): void {
    this.#places.delete(peerId)
  }

  /** Resolves when it is this peer's turn and the limit allows so many bytes. @throws CancelledError */
  async take(peerId: string, bytes: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const turn = { bytes, resolve }
    this.#turns.set(peerId, [...(this.#turns.get(peerId) ?? []), turn])
    void this.#serve()
    try {
      await unlessAborted(promise, signal, 'The chunk')
    } finally {
      this.#drop(peerId, turn)
    }
  }

  stop(): void {
    this.#end.abort()
  }

  async #serve(): Promise<void> {
    if (this.#isServing) return
    this.#isServing = true
    while (!this.#end.signal.aborted) {
      const waitMs = this.#limits().bytesPerSecond ? this.#paidAtMs - this.#now() : 0
      if (waitMs > 0) await pause(waitMs, this.#end.signal)
      const [next] = this.#turns
      if (!next) break
      const [peerId, [turn]] = next
      if (!turn) break
      this.#drop(peerId, turn)
      const { bytesPerSecond } = this.#limits()
      if (bytesPerSecond) {
        const sinceMs = Math.max(this.#paidAtMs, this.#now())
        this.#paidAtMs = sinceMs + (1000 * turn.bytes) / bytesPerSecond
      }
      turn.resolve()
    }
    this.#isServing = false
  }

  /** A peer that still waits goes behind the others. */
  #drop(peerId: string, turn: Turn): void {
    const turns = this.#turns.get(peerId)
    if (!turns?.includes(turn)) return
    this.#turns.delete(peerId)
    const rest = turns.filter((each) => each !== turn)
    if (rest.length > 0) this.#turns.set(peerId, rest)
  }
}
