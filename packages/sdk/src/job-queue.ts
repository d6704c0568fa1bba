/**
 * The places of a node and the bounded, fair queue before them.
 * @module
 */
import { CancelledError, type QueuePlace } from '@weft/protocol'
import { FairOrder, type Waiting } from './fair-order.ts'

export type JobQueueInit = {
  /** Jobs at the same time. */
  places: number
  /** What a job takes, milliseconds, until one has ended and told. */
  firstGuessMs?: number
  onChange: (counts: { running: number; waiting: number }) => void
}

export type EnterInit = {
  clientPeerId: string
  /** Leaves the queue. */
  signal: AbortSignal
  /** Called when it has to wait and, at most once a second, when its place changes. */
  onPlace: (place: QueuePlace) => void
}

export type Place = {
  /** @param hasRun - whether its length says something about this node's jobs */
  release(hasRun: boolean): void
}

type Ticket = Waiting &
  Pick<EnterInit, 'onPlace'> & {
    granted: PromiseWithResolvers<Place>
    told: { place: QueuePlace; atMs: number } | null
  }

type Job = { clientPeerId: string; startedMs: number; chargedMs: number }

/** Who waits for more than twice around may as well ask elsewhere. */
const waitingPerPlace = 2
const leastWaiting = 4
const maxWaitingPerClient = 2
/** Beyond this a node says that it is busy instead. */
const longestWaitMs = 120_000
const defaultGuessMs = 5_000
/** How much the newest job weighs in what is usual. */
const newestWeight = 0.3
const tellEveryMs = 1_000
/** A change of the estimate that is worth a message. */
const worthTellingShare = 0.25

export class JobQueue {
  readonly #places: number
  readonly #firstGuessMs: number
  readonly #onChange: JobQueueInit['onChange']
  readonly #order: FairOrder
  readonly #running = new Set<Job>()
  #waiting: Ticket[] = []
  #jobMs: number | null = null
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor({ places, firstGuessMs = defaultGuessMs, onChange }: JobQueueInit) {
    this.#places = places
    this.#firstGuessMs = firstGuessMs
    this.#onChange = onChange
    // One client never takes the last place, unless there is only one.
    const placesPerClient = Math.max(1, Math.floor(places / 2))
    this.#order = new FairOrder({ places, placesPerClient })
  }

  /** @returns null where there is room for one more, else about how long one more would wait */
  busyMs(clientPeerId: string): number | null {
    const waiting = this.#waiting
    const own = waiting.filter((ticket) => ticket.clientPeerId === clientPeerId).length
    const maxWaiting = Math.max(leastWaiting, waitingPerPlace * this.#places)
    const newcomer = { clientPeerId, passedBy: new Set<string>() }
    const waitMs = this.#foresee([...waiting, newcomer]).get(newcomer)?.aboutMs ?? longestWaitMs
    const isFull = waiting.length >= maxWaiting || own >= maxWaitingPerClient
    return isFull || waitMs > longestWaitMs ? Math.max(waitMs, tellEveryMs) : null
  }

  /**
   * Ask `busyMs` first.
   * @throws CancelledError when the signal aborts before there is a place
   */
  enter({ clientPeerId, signal, onPlace }: EnterInit): Promise<Place> {
    const subject = 'The wait for a place'
    if (signal.aborted) return Promise.reject(new CancelledError({ subject }))
    const granted = Promise.withResolvers<Place>()
    const ticket: Ticket = { clientPeerId, onPlace, granted, passedBy: new Set(), told: null }
    const leave = () => {
      this.#waiting = this.#waiting.filter((each) => each !== ticket)
      granted.reject(new CancelledError({ subject, cause: signal.reason }))
      this.#settle()
    }
    signal.addEventListener('abort', leave, { once: true })
    void granted.promise.then(
      () => signal.removeEventListener('abort', leave),
      () => {},
    )
    this.#waiting.push(ticket)
    this.#settle()
    return granted.promise
  }

  get #usualMs(): number {
    if (this.#jobMs !== null) return this.#jobMs
    // A first job that runs for longer than was guessed says so.
    const ages = [...this.#running].map(({ startedMs }) => performance.now() - startedMs)
    return Math.max(this.#firstGuessMs, ...ages)
  }

  /** Gives free places to those who are next and tells the others where they are. */
  #settle(): void {
    for (;;) {
      const ticket = this.#order.take(this.#waiting, [...this.#running], this.#usualMs)
      if (!ticket) break
      this.#waiting = this.#waiting.filter((each) => each !== ticket)
      ticket.granted.resolve(this.#begin(ticket))
    }
    this.#tell()
    this.#onChange({ running: this.#running.size, waiting: this.#waiting.length })
  }

  #begin({ clientPeerId }: Ticket): Place {
    const job = { clientPeerId, startedMs: performance.now(), chargedMs: this.#usualMs }
    this.#running.add(job)
    return {
      release: (hasRun) => {
        if (!this.#running.delete(job)) return
        const jobMs = performance.now() - job.startedMs
        this.#order.charge(clientPeerId, jobMs - job.chargedMs)
        if (hasRun) {
          const before = this.#jobMs ?? jobMs
          this.#jobMs = before + newestWeight * (jobMs - before)
        }
        this.#settle()
      },
    }
  }

  #foresee(waiting: readonly Waiting[]): Map<Waiting, QueuePlace> {
    const nowMs = performance.now()
    const usualMs = this.#usualMs
    // A job that takes longer than usual ends some time, too.
    const running = [...this.#running].map(({ clientPeerId, startedMs }) => ({
      clientPeerId,
      restMs: Math.max(usualMs - (nowMs - startedMs), usualMs / 4),
    }))
    const order = this.#order.foresee(waiting, running, usualMs)
    return new Map(
      order.map(({ ticket, startMs }, index) => [
        ticket,
        { position: index + 1, aboutMs: Math.min(Math.round(startMs), 3_600_000) },
      ]),
    )
  }

  #tell(): void {
    clearTimeout(this.#timer)
    if (this.#waiting.length === 0) return
    const nowMs = performance.now()
    const places = this.#foresee(this.#waiting)
    for (const ticket of this.#waiting) {
      const place = places.get(ticket)
      if (place && isNews(ticket, place, nowMs)) {
        ticket.told = { place, atMs: nowMs }
        ticket.onPlace(place)
      }
    }
    this.#timer = setTimeout(() => this.#tell(), tellEveryMs)
  }
}

/** What was told counts down by itself. */
function isNews({ told }: Ticket, place: QueuePlace, nowMs: number): boolean {
  if (!told) return true
  const agoMs = nowMs - told.atMs
  if (agoMs < tellEveryMs) return false
  const differenceMs = Math.abs(Math.max(told.place.aboutMs - agoMs, 0) - place.aboutMs)
  const isOff = differenceMs > Math.max(tellEveryMs, worthTellingShare * place.aboutMs)
  return place.position !== told.place.position || isOff
}
