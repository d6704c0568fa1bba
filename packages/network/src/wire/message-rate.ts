/**
 * A token bucket: an even rate with room for a burst.
 * @module
 */
export class MessageRate {
  readonly #perSecond: number
  readonly #burst: number
  readonly #now: () => number
  #tokens: number
  #updatedMs: number

  constructor({
    perSecond,
    burst,
    now = () => performance.now(),
  }: {
    perSecond: number
    burst: number
    now?: () => number
  }) {
    this.#perSecond = perSecond
    this.#burst = burst
    this.#now = now
    this.#tokens = burst
    this.#updatedMs = now()
  }

  /** @returns false when this message is over the rate */
  take(): boolean {
    const nowMs = this.#now()
    const gained = ((nowMs - this.#updatedMs) / 1000) * this.#perSecond
    this.#tokens = Math.min(this.#burst, this.#tokens + gained)
    this.#updatedMs = nowMs
    if (this.#tokens < 1) return false
    this.#tokens -= 1
    return true
  }
}
