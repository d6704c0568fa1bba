/**
 * Who of the waiting goes next: start-time fair queueing over clients (Goyal, Vin, Cheng 1996,
 * https://doi.org/10.1145/248156.248171). Each client has a clock of the time that it has used; the one
 * with the least goes next, so that clients share a node's time, however many and however long their
 * jobs are.
 * @module
 */

/** One job that waits, in the order of arrival. */
export type Waiting = {
  clientPeerId: string
  /** Clients whose later jobs were let by. */
  passedBy: Set<string>
}

export type Running = {
  clientPeerId: string
  /** Milliseconds until its end, as far as one can know. */
  restMs: number
}

export type FairOrderInit = {
  /** Jobs at the same time. */
  places: number
  /** Of them for one client. */
  placesPerClient: number
}

/** Nobody waits for ever behind clients that are new each time: identities cost nothing. */
const maxPassedBy = 8
/** Clients whose use is remembered; more than are served in an hour. */
const maxClients = 1_000

export class FairOrder {
  readonly #init: FairOrderInit
  /** Milliseconds used by each client; those at or behind `#nowMs` need not be kept. */
  #usedMs = new Map<string, number>()
  /** Clock of the client that went last: where one that comes new begins. */
  #nowMs = 0

  constructor(init: FairOrderInit) {
    this.#init = init
  }

  /** @returns the one that goes next, if a place is free for anybody, and charges it `jobMs` */
  take<Ticket extends Waiting>(
    waiting: readonly Ticket[],
    running: readonly { clientPeerId: string }[],
    jobMs: number,
  ): Ticket | null {
    const { places, placesPerClient } = this.#init
    if (running.length >= places) return null
    const isBelowCap = ({ clientPeerId }: Waiting) =>
      running.filter((job) => job.clientPeerId === clientPeerId).length < placesPerClient
    const allowed = waiting.filter(isBelowCap)
    const next =
      allowed.find(({ passedBy }) => passedBy.size >= maxPassedBy) ??
      allowed.toSorted((a, b) => this.#usedBy(a) - this.#usedBy(b))[0]
    if (!next) return null
    for (const earlier of waiting.slice(0, waiting.indexOf(next))) {
      earlier.passedBy.add(next.clientPeerId)
    }
    this.#nowMs = Math.max(this.#nowMs, this.#usedBy(next))
    this.charge(next.clientPeerId, jobMs)
    return next
  }

  /** @param ms - more than was charged so far; negative when it was too much */
  charge(clientPeerId: string, ms: number): void {
    const usedMs = (this.#usedMs.get(clientPeerId) ?? this.#nowMs) + ms
    this.#usedMs.delete(clientPeerId)
    this.#usedMs.set(clientPeerId, usedMs)
    for (const [client, used] of this.#usedMs) {
      if (used <= this.#nowMs || this.#usedMs.size > maxClients) this.#usedMs.delete(client)
    }
  }

  /** @returns what `take` would do from now on: the order, and when each begins if all take `jobMs` */
  foresee<Ticket extends Waiting>(
    waiting: readonly Ticket[],
    running: readonly Running[],
    jobMs: number,
  ): { ticket: Ticket; startMs: number }[] {
    const order = new FairOrder(this.#init)
    order.#usedMs = new Map(this.#usedMs)
    order.#nowMs = this.#nowMs
    let busy = running.toSorted((a, b) => a.restMs - b.restMs)
    let left = waiting.map((ticket) => ({ ...ticket, passedBy: new Set(ticket.passedBy), ticket }))
    const begun: { ticket: Ticket; startMs: number }[] = []
    let atMs = 0
    while (left.length > 0) {
      const next = order.take(left, busy, jobMs)
      if (next) {
        begun.push({ ticket: next.ticket, startMs: atMs })
        left = left.filter((each) => each !== next)
        const { clientPeerId } = next
        busy = [...busy, { clientPeerId, restMs: atMs + jobMs }]
        busy.sort((a, b) => a.restMs - b.restMs)
      } else {
        const ended = busy.shift()
        if (!ended) break
        atMs = Math.max(atMs, ended.restMs)
      }
    }
    return begun
  }

  #usedBy({ clientPeerId }: Waiting): number {
    return Math.max(this.#usedMs.get(clientPeerId) ?? 0, this.#nowMs)
  }
}
