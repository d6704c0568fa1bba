/**
 * Places for the lines of strangers: so many in all, so many for each peer. Where all are taken, the line
 * that has been of no use for longest makes room, so that none is held for nothing while another is wanted.
 * @module
 */
import { WeftError } from '@weft/protocol'
import { withDeadline } from './deadline.ts'

export type LinePlacesInit = {
  max: number
  maxPerPeer: number
  /** Milliseconds without use after which a line may have to make room. */
  yieldMs: number
  now?: () => number
}

export type LinePlace = {
  /** The line is of use while this runs. */
  use<Result>(work: () => Promise<Result>): Promise<Result>
  leave(): void
}

type Line = { peerId: string; end: (error: WeftError) => void; usedMs: number }

export class LinePlaces {
  readonly #init: Required<LinePlacesInit>
  readonly #lines = new Set<Line>()

  constructor(init: LinePlacesInit) {
    this.#init = { now: () => performance.now(), ...init }
  }

  /**
   * @param end - called when the line has to make room
   * @throws WeftError `network/busy` where there is no place
   */
  take(peerId: string, end: (error: WeftError) => void): LinePlace {
    const { max, maxPerPeer, now } = this.#init
    if (this.#of(peerId).length >= maxPerPeer) throw tooMany()
    if (this.#lines.size >= max) this.#makeRoom()
    const line: Line = { peerId, end, usedMs: now() }
    this.#lines.add(line)
    return {
      async use(work) {
        line.usedMs = Number.POSITIVE_INFINITY
        try {
          return await work()
        } finally {
          line.usedMs = now()
        }
      },
      leave: () => this.#lines.delete(line),
    }
  }

  has(peerId: string): boolean {
    return this.#of(peerId).length > 0
  }

  endAll(error: WeftError): void {
    for (const { end } of this.#lines) end(error)
  }

  #of(peerId: string): Line[] {
    return [...this.#lines].filter((line) => line.peerId === peerId)
  }

  #makeRoom(): void {
    const { yieldMs, now } = this.#init
    const [least] = [...this.#lines].sort((a, b) => a.usedMs - b.usedMs)
    if (!least || now() - least.usedMs < yieldMs) throw tooMany()
    this.#lines.delete(least)
    least.end(new WeftError('network/idle', 'Another tab needs the place of this unused line.'))
  }
}

type IdleOptions = { sinceMs: number; idleMs: number }

/**
 * The next message of a line that was of use at `sinceMs`.
 * @throws WeftError `network/idle` when none comes before it was idle for `idleMs`
 */
export async function readBeforeIdle<Message>(
  messages: { read(options: { signal: AbortSignal }): Promise<Message> },
  { sinceMs, idleMs }: IdleOptions,
): Promise<Message> {
  const idle = () =>
    new WeftError('network/idle', `Nothing was asked for in ${idleMs / 1000} s on this line.`)
  const ms = sinceMs + idleMs - performance.now()
  if (ms <= 0) throw idle()
  try {
    return await withDeadline((signal) => messages.read({ signal }), { subject: 'A request', ms })
  } catch (error) {
    throw WeftError.is(error) && error.code === 'network/timeout' ? idle() : error
  }
}

function tooMany(): WeftError {
  return new WeftError('network/busy', 'This tab has too many lines.')
}
