/**
 * Asks one node after the other until one quotes. Where all are full it waits in the shortest queue
 * and keeps looking: whoever has a place first gets the job, and only one is ever paid.
 * @module
 */
import type { JobCall } from '@weft/network'
import { CancelledError, type Offer, type QueuePlace, type Registration } from '@weft/protocol'
import type { AskedNode } from './ask-node.ts'
import { allBusy, busyMsOf, finalReason, noNodes } from './search-errors.ts'

/** Every node is full. */
export type NodeWait = {
  /** In the queue of one node, 1 is the next; null where no queue has room and all are asked again. */
  position: number | null
  /** Until an answer begins, as the nodes say, milliseconds. */
  aboutMs: number
}

/** Nodes that can be asked, and what becomes known of them. */
export type Candidates = {
  /** Not asked yet, or full when they were; the best first. */
  fresh(): Offer[]
  /** Asks the relays again. */
  refresh(): Promise<void>
  ask(node: Registration, onPlace: () => void): AskedNode
  /** It may be asked again. */
  noteFull(peerId: string, aboutMs: number): void
  noteFailed(peerId: string, error: unknown): void
}

export type OpenNodeOptions = {
  signal: AbortSignal | undefined
  /** Null for a search that does not wait. */
  onWait: ((wait: NodeWait) => void) | null
}

/** Nodes that fail before a search is given up; each has its own dial and quote deadline. */
const maxFailures = 3
/** Full ones asked in one round: a refusal takes a moment only. */
const maxFull = 6
/** How often somebody who waits looks for a free node; a little at random, since others wait, too. */
const lookAgainMs = 2_000
const lookAgainSpreadMs = 1_000
/** Nobody looks at a queue for longer. */
const longestWaitMs = 5 * 60_000
/** Leaving one queue for another must be worth it. */
const worthMovingShare = 0.5

/**
 * @throws the last failure, a reason that all gave, CancelledError, WeftError `sdk/no-nodes`,
 *   `sdk/busy`
 */
export function openNode(candidates: Candidates, options: OpenNodeOptions): Promise<JobCall> {
  return new NodeOpening(candidates, options).open()
}

class NodeOpening {
  readonly #candidates: Candidates
  readonly #options: OpenNodeOptions
  /** The one in whose queue we are. */
  #held: AskedNode | null = null
  /** The shortest wait that nodes without room told in this round. */
  #busyMs: number | null = null

  /** All have been asked. */
  #isWaiting = false

  constructor(candidates: Candidates, options: OpenNodeOptions) {
    this.#candidates = candidates
    this.#options = options
  }

  async open(): Promise<JobCall> {
    try {
      const call = await this.#askAll(this.#candidates.fresh())
      if (call) return call
      if (!this.#options.onWait) throw allBusy(this.#busyMs)
      return await this.#wait()
    } finally {
      this.#held?.leave()
    }
  }

  /** @returns null where all that could be asked are full */
  async #askAll(offers: readonly Offer[]): Promise<JobCall | null> {
    const failures: unknown[] = []
    let full = 0
    for (const { registration } of offers) {
      if (failures.length === maxFailures || full === maxFull) break
      const next = this.#candidates.ask(registration, () => this.#tell(next))
      const held = this.#held
      // The one that we wait for may be quicker.
      const state = await (held
        ? Promise.race([next.first, held.end.then(() => null)])
        : next.first)
      if (state?.type === 'opened') return state.call
      this.#checkSignal()
      if (state === null) {
        this.#leave(next)
        const call = this.#takeHeld()
        if (call) return call
      } else if (state.type === 'queued') {
        full += 1
        this.#choose(next, state.place)
      } else {
        const busyMs = busyMsOf(state.error)
        if (busyMs === null) {
          this.#candidates.noteFailed(next.peerId, state.error)
          failures.push(state.error)
        } else {
          full += 1
          this.#busyMs = Math.min(this.#busyMs ?? busyMs, busyMs)
          this.#candidates.noteFull(next.peerId, busyMs)
        }
      }
    }
    if (this.#held || this.#busyMs !== null) return null
    // One node's word is not enough to call the prompt itself impossible, unless it is the only one.
    const reasons = failures.map(finalReason)
    if (reasons.every(Boolean) && reasons[0]) throw reasons[0]
    throw failures.at(-1) ?? noNodes()
  }

  async #wait(): Promise<JobCall> {
    const endMs = performance.now() + longestWaitMs
    this.#isWaiting = true
    for (;;) {
      this.#tell(this.#held)
      await this.#pause()
      const call = this.#takeHeld()
      if (call) return call
      if (performance.now() > endMs) throw allBusy(this.#busyMs)
      // A relay that is away for a moment costs no place.
      await this.#candidates.refresh().catch(() => {})
      this.#checkSignal()
      const offers = this.#candidates.fresh()
      if (!this.#held) this.#busyMs = null
      const found = await this.#askAll(this.#held ? offers.filter(isFree) : offers)
      if (found) return found
    }
  }

  /** Until it is time to look again, or the wait in the queue is over. */
  async #pause(): Promise<void> {
    const over = new AbortController()
    const { signal } = this.#options
    const ms = lookAgainMs + Math.random() * lookAgainSpreadMs
    const timer = setTimeout(() => over.abort(), ms)
    const stop = () => over.abort()
    signal?.addEventListener('abort', stop)
    void this.#held?.end.then(stop)
    await new Promise((resolve) => over.signal.addEventListener('abort', resolve))
    clearTimeout(timer)
    signal?.removeEventListener('abort', stop)
    this.#checkSignal()
  }

  /** @returns the call when the wait in the queue has ended well; null while it goes on, or failed */
  #takeHeld(): JobCall | null {
    const held = this.#held
    const end = held?.ended()
    if (!held || !end) return null
    this.#held = null
    if (end.type === 'opened') return end.call
    this.#candidates.noteFailed(held.peerId, end.error)
    return null
  }

  /** Of two queues the shorter one; none where nobody waits. */
  #choose(next: AskedNode, place: QueuePlace): void {
    const held = this.#held
    const heldMs = held?.place()?.aboutMs ?? Number.POSITIVE_INFINITY
    if (!this.#options.onWait || place.aboutMs >= heldMs * worthMovingShare) {
      this.#busyMs = Math.min(this.#busyMs ?? place.aboutMs, place.aboutMs)
      this.#leave(next)
    } else {
      this.#held = next
      if (held) this.#leave(held)
    }
  }

  #leave(node: AskedNode): void {
    node.leave()
    this.#candidates.noteFull(node.peerId, node.place()?.aboutMs ?? 0)
  }

  #tell(node: AskedNode | null): void {
    const { onWait } = this.#options
    if (!onWait || !this.#isWaiting || node !== this.#held) return
    const place = node?.place()
    if (place) onWait(place)
    else if (this.#busyMs !== null) onWait({ position: null, aboutMs: this.#busyMs })
  }

  #checkSignal(): void {
    const { signal } = this.#options
    if (signal?.aborted) throw new CancelledError({ subject: 'The search', cause: signal.reason })
  }
}

function isFree({ registration, activeJobs }: Offer): boolean {
  return activeJobs < registration.maxJobs
}
