/**
 * Counts how many deltas may be sent. WebRTC streams have no read backpressure, so the reader says
 * how much it can take.
 * @module
 */
import { pause } from '@weft/protocol'

export class CreditGate {
  #credits = 0
  #wake = new AbortController()

  get credits(): number {
    return this.#credits
  }

  add(credits: number): void {
    this.#credits += credits
    this.#wake.abort()
    this.#wake = new AbortController()
  }

  /** Takes one credit. @returns false when there was none within `ms` or before the signal */
  async take(ms: number, signal: AbortSignal): Promise<boolean> {
    const endMs = Date.now() + ms
    while (this.#credits === 0) {
      const restMs = endMs - Date.now()
      if (restMs <= 0 || signal.aborted) return false
      await pause(restMs, AbortSignal.any([this.#wake.signal, signal]))
    }
    this.#credits -= 1
    return true
  }
}
