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
  WeftError,
} from '@weft/protocol'
import { least, most, positive } from '../amounts.ts'
import { type Lane, spenderOf } from '../lane.ts'
import type { Ledger } from '../ledger.ts'
import { badVoucher, overPromised } from '../payment-errors.ts'
import { isSignedBy } from '../signatures.ts'
import { createVoucherHasher } from '../typed-hashes.ts'
import type { PayeeRecord } from './earning-totals.ts'
import { KeptEarning } from './kept-earning.ts'
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

export type EarningLaneInit = {
  earning: Earning
  ledger: Ledger<PayeeRecord>
  /** What other lanes of the same spender were promised beyond what the chain holds for them. */
  promisedElsewhereWei: () => bigint
}

export class EarningLane {
  #earning: Earning
  readonly #kept: KeptEarning
  readonly #promisedElsewhereWei: () => bigint
  readonly #publicKey: Uint8Array
  readonly #hash: (maxClaimableWei: bigint) => Uint8Array
  #wake = new AbortController()
  /** Grows with every token: taken over into `#earning` when somebody looks. */
  #deliveredWei: bigint
  /** The best that has come, not checked yet: nobody is told of it, and no more is lent on it than without. */
  #unproved: Voucher | null = null
  /** Jobs that run on it. */
  jobs = 0
  /** What they may let stand unpaid, in wei. */
  creditWei = 0n

  constructor({ earning, ledger, promisedElsewhereWei }: EarningLaneInit) {
    this.#earning = earning
    this.#deliveredWei = earning.deliveredWei
    this.#kept = new KeptEarning(ledger)
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
    return this.#deliveredWei === 0n && this.claimedWei === 0n && !this.#earning.evidence
  }

  /** By the best voucher that was checked; at least what the chain has paid, for which there was one. */
  get promisedWei(): bigint {
    const { voucher, chain } = this.#earning
    return most(voucher?.maxClaimableWei ?? 0n, chain.paidWei)
  }

  /** The same, were the voucher good that was not checked yet. */
  get claimedWei(): bigint {
    return most(this.promisedWei, this.#unproved?.maxClaimableWei ?? 0n)
  }

  /** It has a voucher that was not checked yet, and that is written down within a second. */
  get hasUnproved(): boolean {
    return this.#unproved !== null
  }

  /** Promised beyond what the chain holds for the lane: what it competes with others for. */
  get unheldWei(): bigint {
    return positive(this.promisedWei - heldWei(this.#earning.chain))
  }

  /** Promised and not redeemed. */
  get unredeemedWei(): bigint {
    return this.promisedWei - this.#earning.chain.paidWei
  }

  /** Delivered and claimed by no voucher; below 0 where something is paid ahead. */
  get unpaidWei(): bigint {
    return this.#deliveredWei - this.#earning.lostWei - this.claimedWei
  }

  /** Delivered and promised by no voucher that was checked: what can be lost. */
  get unprovedWei(): bigint {
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

  /** No job runs on it: what is still unpaid is lost, unless it comes with a later voucher. */
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
    const { lostWei, evidence } = this.#earning
    const payable = this.#payableWei()
    if (maxClaimableWei > payable) {
      if (maxClaimableWei > (evidence?.maxClaimableWei ?? 0n)) this.#change({ evidence: voucher })
      throw overPromised(maxClaimableWei, payable)
    }
    this.#change({ voucher })
    // Debts of earlier jobs are paid first.
    const foundWei = least(lostWei, positive(-this.unprovedWei))
    if (foundWei > 0n) this.#change({ lostWei: lostWei - foundWei })
    return true
  }

  /**
   * Takes a voucher unchecked: it is checked and written down a second later, or as soon as anything depends on it.
   * One check does for all that came meanwhile, since each says what those before said.
   * @returns once what has to be kept at once is kept
   * @throws WeftError `payments/voucher`, `payments/over-promised` for more than the chain can pay; what the store
   *   throws, also when it was what came before that could not be kept
   */
  async take(voucher: Voucher): Promise<void> {
    const { maxClaimableWei, signature } = voucher
    if (this.#kept.hasFailed) await this.keep()
    const held = this.#unproved
    const isSame = held && bytesEqual(signature, held.signature)
    // A good one does not suffer for a bad one before it.
    if (held && !isSame && maxClaimableWei <= held.maxClaimableWei) this.prove()
    if (maxClaimableWei <= this.claimedWei) return
    if (maxClaimableWei > this.#payableWei()) {
      const { evidence } = this.#earning
      try {
        this.accept(voucher)
      } finally {
        if (this.#earning.evidence !== evidence) await this.keep()
      }
    }
    this.#unproved = voucher
    this.#kept.later(() => this.settle())
    this.#wake.abort()
    this.#wake = new AbortController()
  }

  /**
   * Checks what has come.
   * @returns why it pays nothing; what was delivered for it is unpaid then. Undefined where all is well
   */
  prove(): WeftError | undefined {
    const voucher = this.#unproved
    if (!voucher) return
    this.#unproved = null
    try {
      this.accept(voucher)
    } catch (error) {
      if (this.jobs === 0) this.writeOff()
      return WeftError.from(error, 'payments/voucher', 'A voucher could not be checked.')
    }
  }

  /** Checks what has come and writes it down, now and not a second later. @throws what the store throws */
  async settle(): Promise<void> {
    if (!this.#kept.isComing) return
    this.forget()
    this.prove()
    await this.keep()
  }

  /** Writes down nothing more by itself. */
  forget(): void {
    this.#kept.cancel()
  }

  /** Writes it down, once for each change. @throws what the store throws */
  keep(): Promise<void> {
    return this.#kept.put(this.earning)
  }

  #payableWei(): bigint {
    const { chain, funds } = this.#earning
    return payableWei(chain, funds.grant, this.#promisedElsewhereWei())
  }

  #change(change: Partial<Earning>): void {
    this.#earning = { ...this.#earning, ...change }
  }
}
