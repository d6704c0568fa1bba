/**
 * Counts broken messages per peer, so that a peer that keeps sending them is refused for a while.
 * @module
 */

/** One broken message may be a bug or a version; three within a minute are a habit. */
const strikeLimit = 3
const windowMs = 60_000
/** Long enough to make a flood pointless, short enough for a person who has updated the page. */
const refusalMs = 5 * 60_000
/** Peers remembered; identities are free, so the memory for them must have an end. */
const maxPeers = 10_000

type Entry = { strikesMs: number[]; refusedUntilMs: number }

export class Strikes {
  readonly #entries = new Map<string, Entry>()
  readonly #now: () => number

  constructor({ now = Date.now }: { now?: () => number } = {}) {
    this.#now = now
  }

  /** @returns true when this strike makes the peer refused */
  record(peerId: string): boolean {
    const nowMs = this.#now()
    const entry = this.#entries.get(peerId) ?? { strikesMs: [], refusedUntilMs: 0 }
    this.#entries.delete(peerId)
    this.#entries.set(peerId, entry)
    entry.strikesMs = [...entry.strikesMs.filter((ms) => ms > nowMs - windowMs), nowMs]
    if (entry.strikesMs.length >= strikeLimit) entry.refusedUntilMs = nowMs + refusalMs
    if (this.#entries.size > maxPeers) {
      for (const oldest of this.#entries.keys()) {
        this.#entries.delete(oldest)
        break
      }
    }
    return entry.refusedUntilMs > nowMs
  }

  isRefused(peerId: string): boolean {
    return (this.#entries.get(peerId)?.refusedUntilMs ?? 0) > this.#now()
  }
}
