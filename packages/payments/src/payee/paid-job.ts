/**
 * One job as its payee is paid for it.
 * @module
 */
import { CancelledError, costWei, type Price, type Voucher } from '@weft/protocol'
import { most } from '../amounts.ts'
import { badVoucher, unpaid } from '../payment-errors.ts'
import type { CreditPolicy } from './credit-policy.ts'
import type { EarningLane } from './earning-lane.ts'

/** Beside one for each delta: at the opening, for the prompt, for the rest, and one to spare. */
const sparedVouchers = 4

export type WaitOptions = { signal?: AbortSignal | undefined }

export type PaidJobInit = {
  lane: EarningLane
  price: Price
  policy: CreditPolicy
  /**
   * Looks at the chain again where what is known of it is old.
   * @throws when the lane's vouchers are worth nothing from now on, or too many are not redeemed
   */
  check: (options: WaitOptions) => Promise<void> | undefined
  /** The lane has no other job, and nothing has ever happened on it. */
  forget: () => void
}

export class PaidJob {
  readonly #lane: EarningLane
  readonly #price: Price
  readonly #policy: CreditPolicy
  readonly #check: PaidJobInit['check']
  readonly #forget: PaidJobInit['forget']
  #inputTokens = 0
  #outputTokens = 0
  #costWei = 0n
  #vouchersLeft = sparedVouchers
  #maxUnpaidWei = 0n
  #isClosed = false

  constructor({ lane, price, policy, check, forget }: PaidJobInit) {
    this.#lane = lane
    this.#price = price
    this.#policy = policy
    this.#check = check
    this.#forget = forget
    lane.jobs += 1
  }

  /** @param creditWei - what the client may let stand unpaid; nothing is lent before */
  open(creditWei: bigint): void {
    this.#maxUnpaidWei = creditWei
    this.#lane.creditWei = most(this.#lane.creditWei, creditWei)
  }

  /** For the quote: what the client may let stand unpaid. */
  get maxUnpaidWei(): bigint {
    return this.#maxUnpaidWei
  }

  /** Of what was delivered, in wei. */
  get costWei(): bigint {
    return this.#costWei
  }

  /** The client has accepted: its prompt is owed. */
  start(inputTokens: number): void {
    this.#inputTokens = inputTokens
    this.#count(0)
  }

  /**
   * Waits until as little is unpaid as the policy wants. Before the prompt is read, and before every delta: what
   * can be lost is `maxUnpaidWei` and one delta.
   * @throws WeftError `payments/unpaid` when no voucher comes in time; `payments/voucher`,
   *   `payments/over-promised` when the one that came is worth nothing; what `check` throws; CancelledError
   */
  async ready({ signal }: WaitOptions = {}): Promise<void> {
    const looking = this.#check({ signal })
    if (looking) await looking
    const lane = this.#lane
    const wei = this.#maxUnpaidWei
    // Comes before every delta, and mostly there is nothing to wait for.
    if (lane.unprovedWei <= wei) return
    const isPaid = await lane.whenUnpaidAtMost(wei, { ms: this.#policy.unpaidMs, signal })
    if (!isPaid && signal?.aborted) throw new CancelledError({ subject: 'The wait for a voucher' })
    if (!isPaid) throw unpaid(lane.unpaidWei)
    const worthless = lane.unprovedWei > wei && lane.prove()
    if (worthless) throw worthless
    // No more is at stake in a crash; that it failed the next voucher says.
    lane.settle().catch(() => {})
  }

  /** The prompt was not read, or this node has failed: behind it no token came, so nobody owes it. */
  withdraw(): void {
    if (this.#outputTokens > 0) return
    this.#lane.deliver(-this.#costWei)
    this.#costWei = 0n
  }

  /** @param outputTokens - sent by this node so far, in all */
  delivered(outputTokens: number): void {
    this.#vouchersLeft += 1
    this.#count(outputTokens)
  }

  /**
   * A voucher has come. A lower one than before counts as well as the best. It is checked and kept a second later,
   * or as soon as anything depends on it.
   * @throws WeftError `payments/voucher`, `payments/over-promised`; what the store throws
   */
  async take(voucher: Voucher): Promise<void> {
    this.#vouchersLeft -= 1
    if (this.#vouchersLeft < 0) throw badVoucher('there were more of them than answers to pay for')
    await this.#lane.take(voucher)
  }

  /** Waits for the last voucher, for `unpaidMs` at most. @returns whether all is paid */
  settled({ signal }: WaitOptions = {}): Promise<boolean> {
    // Other jobs of the lane may owe what they always may.
    const wei = this.#lane.jobs > 1 ? this.#lane.creditWei : 0n
    return this.#lane.whenUnpaidAtMost(wei, { ms: this.#policy.unpaidMs, signal })
  }

  /** Always, at the end: when no other job runs on the lane, what is unpaid is written off. */
  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    const lane = this.#lane
    lane.jobs -= 1
    // Garbage makes no lane of one on which nothing has happened.
    if (this.#costWei === 0n) lane.prove()
    if (lane.jobs === 0) {
      lane.creditWei = 0n
      lane.writeOff()
    }
    if (lane.isEmpty) this.#forget()
    else if (!lane.hasUnproved) await lane.keep()
  }

  #count(outputTokens: number): void {
    const cost = costWei(this.#price, { inputTokens: this.#inputTokens, outputTokens })
    this.#lane.deliver(cost - this.#costWei)
    this.#costWei = cost
    this.#outputTokens = outputTokens
  }
}
