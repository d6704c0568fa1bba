/**
 * One lane of a payer, and the bill of each job on it.
 * @module
 */
import {
  costWei,
  type Hex,
  type Price,
  type PrivateKey,
  signHash,
  type Voucher,
} from '@weft/protocol'
import { least } from '../amounts.ts'
import { type Lane, laneIdOf } from '../lane.ts'
import { type ContractRef, createVoucherHasher } from '../typed-hashes.ts'
import type { Cap, Commitment } from './cap.ts'

export type BillInit = {
  price: Price
  /** Of the prompt, as quoted. */
  inputTokens: number
  /** The most that this node may still make. */
  maxOutputTokens: number
  /** What the node lets stand unpaid, as quoted. */
  maxUnpaidWei: bigint
}

export type PayerLaneInit = {
  cap: Cap
  contract: ContractRef
  lane: Lane
  privateKey: PrivateKey
}

export class PayerLane {
  readonly id: Hex
  readonly lane: Lane
  readonly #cap: Cap
  readonly #hash: (maxClaimableWei: bigint) => Uint8Array
  readonly #privateKey: PrivateKey

  constructor({ cap, contract, lane, privateKey }: PayerLaneInit) {
    this.lane = lane
    this.id = laneIdOf(lane)
    this.#cap = cap
    this.#hash = createVoucherHasher(contract, lane)
    this.#privateKey = privateKey
  }

  get commitment(): Commitment {
    const { payee, model } = this.lane
    const none = { promisedWei: 0n, arrivedWei: 0n, reservedWei: 0n }
    return this.#cap.commitment(this.id) ?? { id: this.id, payee, model, ...none }
  }

  /**
   * What goes out with a job: the lane's whole debt, that of an earlier job whose node was lost before it was
   * paid included. Null on a lane that owes nothing yet.
   */
  async open(): Promise<Voucher | null> {
    return (await this.pay()) ?? this.#sign(this.commitment.promisedWei)
  }

  /**
   * Begins the bill of one job and holds what it can cost at most.
   * @throws WeftError `payments/over-cap`, `payments/key-expired`
   */
  async begin(init: BillInit): Promise<Bill> {
    // A lane without a commitment could count nothing as arrived.
    await this.#cap.change(this.id, (known) => (known ? null : this.commitment))
    return new Bill(this, this.#cap, init)
  }

  /** Promises all that has arrived. @returns null where that is promised already */
  async pay(): Promise<Voucher | null> {
    const paid = await this.#cap.change(this.id, (commitment) =>
      commitment && commitment.arrivedWei > commitment.promisedWei
        ? { ...commitment, promisedWei: commitment.arrivedWei }
        : null,
    )
    return paid && this.#sign(paid.promisedWei)
  }

  /** Writes down what is locked for this lane on chain. */
  async reserve(reservedWei: bigint): Promise<void> {
    await this.#cap.change(this.id, () => ({ ...this.commitment, reservedWei }))
  }

  /** Writes down what has arrived and will not be paid now: its node is gone. */
  async keep(): Promise<void> {
    await this.#cap.change(this.id, (commitment) => commitment ?? null)
  }

  /** What is not promised of it is owed no more. @returns how much that was */
  async disown(wei: bigint): Promise<bigint> {
    let disownedWei = 0n
    await this.#cap.change(this.id, (commitment) => {
      if (!commitment) return null
      const { arrivedWei, promisedWei } = commitment
      disownedWei = least(wei, arrivedWei - promisedWei)
      return { ...commitment, arrivedWei: arrivedWei - disownedWei }
    })
    return disownedWei
  }

  #sign(maxClaimableWei: bigint): Voucher | null {
    if (maxClaimableWei === 0n) return null
    const signature = signHash(this.#hash(maxClaimableWei), this.#privateKey)
    return { maxClaimableWei, signature }
  }
}

/**
 * What one node is owed for one job: the prompt, and the tokens that came from it. Rounded down once over the
 * job, by `costWei`, as in the receipt. The next node after a failover gets a bill of its own, and is owed for
 * its tokens only.
 */
export class Bill {
  readonly #lane: PayerLane
  readonly #cap: Cap
  readonly #init: BillInit
  /** What is unpaid from here on is due: half of what the node lets stand, so that it never waits. */
  readonly #dueWei: bigint
  #costWei = 0n
  #heldWei: bigint
  #isOver = false

  constructor(lane: PayerLane, cap: Cap, init: BillInit) {
    this.#lane = lane
    this.#cap = cap
    this.#init = init
    this.#dueWei = init.maxUnpaidWei > 2n ? init.maxUnpaidWei / 2n : 1n
    const { price, inputTokens, maxOutputTokens } = init
    this.#heldWei = costWei(price, { inputTokens, outputTokens: maxOutputTokens })
    cap.hold(lane.id, this.#heldWei)
  }

  /** Of what has come so far, in wei. */
  get costWei(): bigint {
    return this.#costWei
  }

  /** Before the node begins: a prompt that it does not read on credit. @returns null where it does */
  start(): Promise<Voucher | null> {
    const { price, inputTokens } = this.#init
    const promptWei = costWei(price, { inputTokens, outputTokens: 0 })
    return promptWei < this.#dueWei ? Promise.resolve(null) : this.received(0)
  }

  /**
   * @param outputTokens - that have come from this node so far, in all
   * @returns the voucher to send now, null while nothing is due
   */
  async received(outputTokens: number): Promise<Voucher | null> {
    this.#count(outputTokens)
    const { arrivedWei, promisedWei } = this.#lane.commitment
    return arrivedWei - promisedWei >= this.#dueWei ? this.#lane.pay() : null
  }

  /** The node has said all and its receipt is right: the rest, to the wei. @returns null where nothing is left */
  async finish(outputTokens: number): Promise<Voucher | null> {
    this.#count(outputTokens)
    this.#release()
    return this.#lane.pay()
  }

  /** The node is lost. What has come from it is paid when it is met again. */
  async abandon(): Promise<void> {
    this.#release()
    await this.#lane.keep()
  }

  /** The node has lied: nothing more is paid for this job. What was promised is lost. */
  async disown(): Promise<void> {
    this.#release()
    this.#costWei -= await this.#lane.disown(this.#costWei)
  }

  #count(outputTokens: number): void {
    const { price, inputTokens, maxOutputTokens } = this.#init
    const counted = Math.min(outputTokens, maxOutputTokens)
    const cost = costWei(price, { inputTokens, outputTokens: counted })
    const more = cost - this.#costWei
    if (more <= 0n || this.#isOver) return
    this.#costWei = cost
    this.#heldWei -= more
    this.#cap.arrive(this.#lane.id, more)
  }

  #release(): void {
    this.#isOver = true
    this.#cap.release(this.#lane.id, this.#heldWei)
    this.#heldWei = 0n
  }
}
