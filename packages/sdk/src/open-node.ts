/**
 * Asks one node after the other until one quotes, and the next one already while one says nothing. Where
 * all are full it waits in the shortest queue and keeps looking: whoever has a place first gets the job,
 * and only one is ever paid.
 * @module
 */
import type { JobCall } from '@weft/network'
import {
  CancelledError,
  type Offer,
  type QueuePlace,
  type Registration,
  WeftError,
} from '@weft/protocol'
import type { AskedNode, AskState } from './ask-node.ts'
import { allBusy, busyMsOf, finalReason, isMadeUp, noNodes } from './search-errors.ts'

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
  /** Asks the relays again; those that failed may be asked again as well. */
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

type Said = { node: AskedNode; state: AskState }

/** Nodes that fail before a search is given up; each has its own dial and quote deadline. */
const maxFailures = 6
/**
 * Until the next one is asked as well: a dial and a quote take a third of this, and a node that vanished
 * without a word would keep a person waiting for three dials of five seconds.
 */
const silentMs = 1_200
/** Asked at once at most; only the first that quotes gets the job. */
const maxAtOnce = 4
/** Nobody else is asked after this: with the dial that then began, a person knows within ten seconds. */
const askingMs = 3_000
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
    const left = [...offers]
    const failures: unknown[] = []
    /** A relay must not keep us from nodes by making up as many as we ask. */
    let madeUp: unknown
    /** Those that have said nothing yet. */
    const asked = new Map<AskedNode, Promise<Said>>()
    const late = new Set<AskedNode>()
    let full = 0
    const endMs = performance.now() + askingMs
    const another = () => {
      const isEnough = failures.length + asked.size >= maxFailures || full >= maxFull
      const isLate = performance.now() > endMs && failures.length + asked.size + full > 0
      return isEnough || isLate || asked.size >= maxAtOnce ? undefined : left[0]
    }
    try {
      for (;;) {
        const offer = another()
        if (offer) {
          left.shift()
          const next = this.#candidates.ask(offer.registration, () => this.#tell(next))
          asked.set(
            next,
            next.first.then((state) => ({ node: next, state })),
          )
        }
        if (asked.size === 0) break
        const said = await this.#firstOf([...asked.values()], another() !== undefined)
        if (said === 'late') {
          for (const node of asked.keys()) late.add(node)
          continue
        }
        if (said === 'held') {
          const call = this.#takeHeld()
          if (call) return call
          continue
        }
        const { node, state } = said
        asked.delete(node)
        if (state.type === 'opened') return state.call
        this.#checkSignal()
        if (state.type === 'queued') {
          full += 1
          this.#choose(node, state.place)
          continue
        }
        const busyMs = busyMsOf(state.error)
        if (busyMs === null) {
          this.#candidates.noteFailed(node.peerId, state.error)
          if (isMadeUp(state.error)) madeUp = state.error
          else failures.push(state.error)
        } else {
          full += 1
          this.#busyMs = Math.min(this.#busyMs ?? busyMs, busyMs)
          this.#candidates.noteFull(node.peerId, busyMs)
        }
      }
    } finally {
      for (const node of asked.keys()) this.#giveUp(node, late.has(node))
    }
    if (this.#held || this.#busyMs !== null) return null
    // One node's word is not enough to call the prompt itself impossible, unless it is the only one.
    const reasons = failures.map(finalReason)
    if (reasons.every(Boolean) && reasons[0]) throw reasons[0]
    throw failures.at(-1) ?? madeUp ?? noNodes()
  }

  /** @param hasNext whether somebody else can be asked when they take long */
  async #firstOf(
    asked: readonly Promise<Said>[],
    hasNext: boolean,
  ): Promise<Said | 'late' | 'held'> {
    const late = Promise.withResolvers<'late'>()
    const timer = hasNext ? setTimeout(() => late.resolve('late'), silentMs) : undefined
    // The one that we wait for may be quicker.
    const held = this.#held?.end.then(() => 'held' as const)
    try {
      return await Promise.race([...asked, late.promise, ...(held ? [held] : [])])
    } finally {
      clearTimeout(timer)
    }
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
      const held = this.#held?.peerId
      const offers = this.#candidates
        .fresh()
        .filter(({ registration }) => registration.peerId !== held)
      if (!this.#held) this.#busyMs = null
      const found = await this.#askAll(this.#held ? offers.filter(isFree) : offers)
      if (found) return found
    }
  }

  /** Until it is time to look again, or the wait in the queue is over. */
  async #pause(): Promise<void> {
    const { signal } = this.#options
    const over = Promise.withResolvers<void>()
    const stop = () => over.resolve()
    const timer = setTimeout(stop, lookAgainMs + Math.random() * lookAgainSpreadMs)
    signal?.addEventListener('abort', stop)
    if (signal?.aborted) stop()
    void this.#held?.end.then(stop)
    await over.promise
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

  /** Another was quicker. */
  #giveUp(node: AskedNode, isLate: boolean): void {
    if (!isLate || this.#options.signal?.aborted) {
      this.#leave(node)
    } else {
      node.leave()
      const error = new WeftError('network/late', 'The node says nothing.')
      this.#candidates.noteFailed(node.peerId, error)
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
