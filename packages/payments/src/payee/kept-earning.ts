/**
 * When a lane is written down. A durable write costs a node as much as several tokens of a small model.
 * @module
 */
import type { Ledger } from '../ledger.ts'
import type { Earning } from './earning-lane.ts'
import type { PayeeRecord } from './earning-totals.ts'

const laterMs = 1_000

export class KeptEarning {
  readonly #ledger: Ledger<PayeeRecord>
  #last: { earning: Earning; done: Promise<void> } | null = null
  #timer: ReturnType<typeof setTimeout> | undefined
  #hasFailed = false

  constructor(ledger: Ledger<PayeeRecord>) {
    this.#ledger = ledger
  }

  /** The last write did not succeed. */
  get hasFailed(): boolean {
    return this.#hasFailed
  }

  /** Something is to be written down later. */
  get isComing(): boolean {
    return this.#timer !== undefined
  }

  /** @param write - is called a second after the first call of those that came meanwhile */
  later(write: () => Promise<void>): void {
    // What fails is tried again with the next voucher.
    this.#timer ??= setTimeout(() => void write().catch(() => {}), laterMs)
  }

  /** What was to come later does not. */
  cancel(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  /** Once for each change. @throws what the store throws */
  put(earning: Earning): Promise<void> {
    if (this.#last?.earning === earning) return this.#last.done
    const last = { earning, done: this.#ledger.put(earning) }
    this.#last = last
    last.done.then(
      () => {
        this.#hasFailed = false
      },
      () => {
        this.#hasFailed = true
        if (this.#last === last) this.#last = null
      },
    )
    return last.done
  }
}
