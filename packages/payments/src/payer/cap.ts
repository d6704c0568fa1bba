/**
 * What a key has promised, all lanes and grants together, within its cap. Changes go one after the other: looked
 * at, written down, and only then true.
 * @module
 */

import type { Hex } from '@weft/protocol'
import { most, sum } from '../amounts.ts'
import type { Ledger } from '../ledger.ts'
import { overCap, timeIsOver } from '../payment-errors.ts'

/** What one lane, or one grantee, has of a key's cap. All in wei. */
export type Commitment = {
  /** The lane's id, or the grantee's address. */
  id: Hex
  /** Of a lane: whom it pays; null for a grant. */
  payee: Hex | null
  /** Of a lane: what for; null for a grant. */
  model: Hex | null
  /** By the last voucher, or granted. Never goes back. */
  promisedWei: bigint
  /** Cost of what has arrived on the lane; more than promised when a node was lost before it was paid. */
  arrivedWei: bigint
  /** Locked for the lane on chain, from its first voucher on. */
  reservedWei: bigint
}

/** How much a key may promise, and until when. */
export type SpendingLimit = {
  capWei: bigint
  /** Seconds since 1970, by the chain's clock. */
  expiry: number
  /** Of it, what the chain says is paid or reserved already: no more than was promised. 0 under a grant. */
  committedWei: bigint
}

export type CapInit = {
  ledger: Ledger<Commitment>
  limit: SpendingLimit
  nowMs: () => number
}

export class Cap {
  limit: SpendingLimit
  readonly #ledger: Ledger<Commitment>
  readonly #nowMs: () => number
  readonly #commitments: Map<Hex, Commitment>
  /** By lane: what its running jobs can still cost. */
  readonly #open = new Map<Hex, bigint>()
  #last: Promise<unknown> = Promise.resolve()

  constructor({ ledger, limit, nowMs }: CapInit) {
    this.#ledger = ledger
    this.limit = limit
    this.#nowMs = nowMs
    this.#commitments = new Map(ledger.records.map((record) => [record.id, record]))
  }

  get commitments(): Commitment[] {
    return [...this.#commitments.values()]
  }

  commitment(id: Hex): Commitment | undefined {
    return this.#commitments.get(id)
  }

  /** What is promised, or locked for somebody. */
  get promisedWei(): bigint {
    return sum(this.commitments.map(heldWei))
  }

  /** What new jobs and grants can still cost. */
  get freeWei(): bigint {
    const needed = sum(this.commitments.map((commitment) => this.#neededWei(commitment)))
    return this.limit.capWei - needed
  }

  /**
   * Keeps room for what a job can cost.
   * @throws WeftError `payments/over-cap`, `payments/key-expired`
   */
  hold(id: Hex, wei: bigint): void {
    this.#checkTime()
    const leftWei = this.freeWei
    this.#keep(id, wei)
    if (this.freeWei >= 0n) return
    this.#keep(id, -wei)
    throw overCap(wei, leftWei)
  }

  /** Gives back room that a job will not need. */
  release(id: Hex, wei: bigint): void {
    this.#keep(id, -wei)
  }

  /** Something has arrived on a lane that has a commitment, out of the room that its job holds. */
  arrive(id: Hex, wei: bigint): void {
    const commitment = this.#commitments.get(id)
    if (!commitment) return
    this.#keep(id, -wei)
    this.#commitments.set(id, { ...commitment, arrivedWei: commitment.arrivedWei + wei })
  }

  /**
   * Changes a commitment: what `change` makes of it is written down before it counts. Null changes nothing.
   * @returns the commitment as it is then, null where nothing changed
   * @throws WeftError `payments/over-cap`, `storage/taken-over`; what the store throws
   */
  change(
    id: Hex,
    change: (commitment: Commitment | undefined) => Commitment | null,
  ): Promise<Commitment | null> {
    const changed = this.#last.then(async () => {
      const before = this.#commitments.get(id)
      const after = change(before)
      if (!after) return null
      const growth = heldWei(after) - (before ? heldWei(before) : 0n)
      const left = this.limit.capWei - this.promisedWei
      if (growth > 0n && growth > left) throw overCap(growth, left)
      await this.#ledger.put(after)
      // Tokens go on arriving while it is written.
      const now = this.#commitments.get(id)
      const meanwhileWei = now && before ? now.arrivedWei - before.arrivedWei : 0n
      this.#commitments.set(id, { ...after, arrivedWei: after.arrivedWei + meanwhileWei })
      return after
    })
    this.#last = changed.catch(() => {})
    return changed
  }

  #neededWei(commitment: Commitment): bigint {
    const coming = commitment.arrivedWei + (this.#open.get(commitment.id) ?? 0n)
    return most(coming, heldWei(commitment))
  }

  #keep(id: Hex, wei: bigint): void {
    this.#open.set(id, (this.#open.get(id) ?? 0n) + wei)
  }

  #checkTime(): void {
    if (this.#nowMs() >= this.limit.expiry * 1000) throw timeIsOver(this.limit.expiry)
  }
}

function heldWei({ promisedWei, reservedWei }: Commitment): bigint {
  return most(promisedWei, reservedWei)
}
