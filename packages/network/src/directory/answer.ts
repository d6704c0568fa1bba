/**
 * An answer of the directory while it is put together.
 * @module
 */
import { limits, type SealedOffer } from '@weft/protocol'
import { envelopeBytes, maxAnswerBytes } from './constants.ts'
import type { Holding } from './holding.ts'

type Part = { sealed: Uint8Array; activeJobs: number; fellows: ReadonlySet<Holding> }

/** As many offers as fit into one message; one that is too large keeps no smaller one out. */
export class Answer {
  readonly #parts = new Set<Part>()
  readonly #limit: number
  #bytes = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  get isFull(): boolean {
    return this.#parts.size >= this.#limit
  }

  add(part: Part): void {
    if (this.isFull || this.#parts.has(part)) return
    const bytes = part.sealed.length + envelopeBytes
    if (this.#bytes + bytes > maxAnswerBytes) return
    this.#bytes += bytes
    this.#parts.add(part)
  }

  offers(): SealedOffer[] {
    return [...this.#parts].map(({ sealed, activeJobs }) => ({ registration: sealed, activeJobs }))
  }

  /** Under which addresses the other relays are reached that hold some of these nodes. */
  relays(): string[] {
    const holdings = new Set([...this.#parts].flatMap(({ fellows }) => [...fellows]))
    const addresses = new Set([...holdings].flatMap((holding) => holding.addresses))
    return [...addresses].slice(0, limits.maxRelayAddresses)
  }
}
