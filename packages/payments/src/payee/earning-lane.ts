/**
 * One lane as its payee sees it: what it has delivered, what it was promised, what the chain can pay.
 * @module
 */

import {
  bytesEqual,
  type Funds,
  type Hex,
  pause,
  publicKeyFromPeerId,
  type Voucher,
} from '@weft/protocol'
import { least, most, positive } from '../amounts.ts'
import { type Lane, spenderOf } from '../lane.ts'
import type { Ledger } from '../ledger.ts'
import { badVoucher, overPromised } from '../payment-errors.ts'
import { isSignedBy } from '../signatures.ts'
import { createVoucherHasher } from '../typed-hashes.ts'
import type { PayeeRecord } from './earning-totals.ts'
import { heldWei, type LaneOnChain, payableWei } from './lane-on-chain.ts'

/** What is kept of a lane. All amounts in wei, over all its jobs. */
export type Earning = {
  /** The lane's id. */
  id: Hex
  lane: Lane
  funds: Funds
  clientPeerId: string
  /** Cost of what was sent. */
  deliveredWei: bigint
  /** Of it, what earlier jobs left unpaid and is not waited for any more. */
  lostWei: bigint
  /** Paid by the chain before these accounts knew the lane: counted by earlier ones. */
  paidBeforeWei: bigint
  /** The best voucher; its amount is what was promised. Null before the first. */
  voucher: Voucher | null
  /** The highest voucher that the chain could not pay: what proves an over-promise. */
  evidence: Voucher | null
  /** As the chain said last. */
  chain: LaneOnChain
  readAtMs: number
}

/** A write costs a node as much as several tokens of a small model. */
const keepEveryMs = 1_000

export type EarningLaneInit = {
  earning: Earning
  ledger: Ledger<PayeeRecord>
  /** What other lanes of the same spender were promised beyond what the chain holds for them. */
  promisedElsewhereWei: () => bigint
}

export class EarningLane {
  #earning: Earning
  readonly #ledger: Ledger<PayeeRecord>
  readonly #promisedElsewhereWei: () => bigint
  readonly #publicKey: Uint8Array
  readonly #hash: (maxClaimableWei: bigint) => Uint8Array
  #wake = new AbortController()
  /** Grows with every token: taken over into `#earning` when somebody looks. */
  #deliveredWei: bigint
  #kept: { earning: Earning; done: Promise<void> } | null = null
  #keptAtMs = 0
  /** Jobs that run on it. */
  jobs = 0
  /** What they may let stand unpaid, in wei. */
  creditWei = 0n

  constructor({ earning, ledger, promisedElsewhereWei }: EarningLaneInit) {
    this.#earning = earning
    this.#deliveredWei = earning.deliveredWei
    this.#ledger = ledger
    this.#promisedElsewhereWei = promisedElsewhereWei
    this.#publicKey = publicKeyFromPeerId(earning.clientPeerId)
    this.#hash = createVoucherHasher(earning.funds, earning.lane)
  }

  get earning(): Earning {
    if (this.#earning.deliveredWei !== this.#deliveredWei) {
      this.#earning = { ...this.#earning, deliveredWei: this.#deliveredWei }
    }
    return this.#earning
  }

  /** Whose cap it spends, in which channel. */
  get spender(): string {
    const { funds, lane } = this.#earning
    return `${lane.channelId}/${spenderOf(funds, lane.signer)}`
  }

  /** From then on, in seconds since 1970, nothing more should be sent on it. */
  get expiry(): number {
    const { chain, funds } = this.#earning
    return Math.min(chain.expiry, funds.grant?.expiry ?? chain.expiry)
  }

  /** Nothing was sent on it and nothing promised. */
  get isEmpty(): boolean {
    return this.#deliveredWei === 0n && this.promisedWei === 0n && !this.#earning.evidence
  }

  /** By the best voucher; at least what the chain has paid, for which there was one. */
  get promisedWei(): bigint {
    const { voucher, chain } = this.#earning
    return most(voucher?.maxClaimableWei ?? 0n, chain.paidWei)
  }

  /** Promised beyond what the chain holds for the lane: what it competes with others for. */
  get unheldWei(): bigint {
    return positive(this.promisedWei - heldWei(this.#earning.chain))
  }

  /** Promised and not redeemed. */
  get unredeemedWei(): bigint {
    return this.promisedWei - this.#earning.chain.paidWei
  }

  /** Delivered by running jobs and not promised; below 0 where something is paid ahead. */
  get unpaidWei(): bigint {
    return this.#deliveredWei - this.#earning.lostWei - this.promisedWei
  }

  /** Waits until at most so much is unpaid. @returns whether that came true within `ms` and before the signal */
  async whenUnpaidAtMost(
    wei: bigint,
    { ms, signal }: { ms: number; signal?: AbortSignal | undefined },
  ): Promise<boolean> {
    const endMs = Date.now() + ms
    while (this.unpaidWei > wei) {
      const leftMs = endMs - Date.now()
      if (leftMs <= 0 || signal?.aborted) return false
      const wake = this.#wake.signal
      await pause(leftMs, signal ? AbortSignal.any([wake, signal]) : wake)
    }
    return true
  }

  deliver(wei: bigint): void {
    this.#deliveredWei += wei
  }

  isFundedBy({ channelId, grant }: Funds): boolean {
    const known = this.#earning.funds
    if (known.channelId !== channelId || !known.grant || !grant) {
      return known.channelId === channelId && known.grant === grant
    }
    return known.grant.signer === grant.signer && bytesEqual(known.grant.signature, grant.signature)
  }

  fund(funds: Funds, chain: LaneOnChain, readAtMs: number): void {
    this.#change({ funds, chain, readAtMs })
  }

  note(chain: LaneOnChain, readAtMs: number): void {
    this.#change({ chain, readAtMs })
  }

  /** The last job on it has ended: what is still unpaid is lost, unless it comes with a later voucher. */
  writeOff(): void {
    const lostWei = positive(this.unpaidWei)
    if (lostWei > 0n) this.#change({ lostWei: this.#earning.lostWei + lostWei })
  }

  /**
   * Believes a voucher; one that is not the best so far changes nothing.
   * @returns whether it is the best
   * @throws WeftError `payments/voucher`, `payments/over-promised`
   */
  accept(voucher: Voucher): boolean {
    const { maxClaimableWei, signature } = voucher
    if (maxClaimableWei <= this.promisedWei) return false
    if (!isSignedBy(this.#hash(maxClaimableWei), signature, this.#publicKey)) {
      throw badVoucher('it is not signed by this client for this node, model, chain and contract')
    }
    const { chain, funds, lostWei, evidence } = this.#earning
    const payable = payableWei(chain, funds.grant, this.#promisedElsewhereWei())
    if (maxClaimableWei > payable) {
      if (maxClaimableWei > (evidence?.maxClaimableWei ?? 0n)) this.#change({ evidence: voucher })
      throw overPromised(maxClaimableWei, payable)
    }
    this.#change({ voucher })
    // Debts of earlier jobs are paid first.
    const foundWei = least(lostWei, positive(-this.unpaidWei))
    if (foundWei > 0n) this.#change({ lostWei: lostWei - foundWei })
    this.#wake.abort()
    this.#wake = new AbortController()
    return true
  }

  /**
   * The same. While more is owed, a voucher soon after another is kept with the next one: what a crash loses of it
   * the lane's next voucher says again.
   * @returns once what has to be kept at once is kept
   * @throws also what the store throws
   */
  async take(voucher: Voucher): Promise<void> {
    const { evidence } = this.#earning
    try {
      const isDue = () => this.unpaidWei <= 0n || Date.now() - this.#keptAtMs >= keepEveryMs
      if (this.accept(voucher) && isDue()) await this.keep()
    } finally {
      if (this.#earning.evidence !== evidence) await this.keep()
    }
  }

  /** Writes it down, once for each change. @throws what the store throws */
  keep(): Promise<void> {
    const { earning } = this
    if (this.#kept?.earning === earning) return this.#kept.done
    const kept = { earning, done: this.#ledger.put(earning) }
    this.#kept = kept
    this.#keptAtMs = Date.now()
    kept.done.catch(() => {
      if (this.#kept === kept) this.#kept = null
    })
    return kept.done
  }

  #change(change: Partial<Earning>): void {
    this.#earning = { ...this.#earning, ...change }
  }
}
