/**
 * All lanes of a payee. Those of one spender draw on the same cap, so what is trusted is counted over them.
 * @module
 */

import type { Funds, Hex, Voucher } from '@weft/protocol'
import { least } from '../amounts.ts'
import { type Lane, spenderOf } from '../lane.ts'
import type { Ledger } from '../ledger.ts'
import { tooManyLanes } from '../payment-errors.ts'
import type { CreditPolicy } from './credit-policy.ts'
import { type Earning, EarningLane } from './earning-lane.ts'
import {
  type EarningTotals,
  isPast,
  nothingPast,
  type PastEarnings,
  type PayeeRecord,
  pastWith,
  totalOf,
} from './earning-totals.ts'
import { type LaneOnChain, payableWei } from './lane-on-chain.ts'
import type { RedeemableLane } from './plan-redemption.ts'

export type NewLane = {
  id: Hex
  key: Lane
  clientPeerId: string
  funds: Funds
  /** What it has promised before, as its client says. */
  voucher: Voucher | null
  chain: LaneOnChain
  readAtMs: number
}

type LanePayer = { clientPeerId: string; channelId: Hex; model: Hex }

/** Of one spender, over all its lanes, in wei. */
export type SpenderAccount = {
  promisedWei: bigint
  /** Promised beyond what the chain holds for the lanes. */
  unheldWei: bigint
  unredeemedWei: bigint
  lostWei: bigint
  /** What its running jobs may let stand unpaid. */
  creditWei: bigint
}

/**
 * Models and grantees are invented for nothing, and a lane is kept until its time for proofs is over; what a voucher
 * costs grows with them.
 */
const maxLanesOfSpender = 500

type Moment = { withdrawDelay: number; nowMs: number }

export class EarningLanes {
  readonly #ledger: Ledger<PayeeRecord>
  #past: PastEarnings
  readonly #lanes = new Map<Hex, EarningLane>()
  /** The same by what a job says: to work out a lane's id takes as long as a token of a small model. */
  readonly #byPayer = new Map<string, EarningLane>()
  readonly #bySpender = new Map<string, Set<EarningLane>>()

  constructor(ledger: Ledger<PayeeRecord>) {
    this.#ledger = ledger
    this.#past = ledger.records.find(isPast) ?? nothingPast
    for (const record of ledger.records) if (!isPast(record)) this.#open(record)
  }

  /** Those of forgotten lanes included. What was not checked is left out: it comes a second later. */
  get totals(): EarningTotals {
    return totalOf(
      this.all.map(({ earning }) => earning),
      this.#past,
    )
  }

  /** All that came, checked now: for whoever does something with it. */
  get earnings(): Earning[] {
    return this.all.map((lane) => {
      lane.prove()
      return lane.earning
    })
  }

  get all(): EarningLane[] {
    return [...this.#lanes.values()]
  }

  get(id: Hex): EarningLane | undefined {
    return this.#lanes.get(id)
  }

  /** @returns the lane on which a client pays for a model out of a channel */
  of({ clientPeerId, channelId, model }: LanePayer): EarningLane | undefined {
    return this.#byPayer.get(payerKey({ clientPeerId, channelId, model }))
  }

  /** @throws WeftError `payments/too-many-lanes` where money backs as many lanes already as one payer's may */
  checkRoom({ channelId, signer }: Lane, funds: Funds): void {
    const known = this.#bySpender.get(`${channelId}/${spenderOf(funds, signer)}`)
    if ((known?.size ?? 0) >= maxLanesOfSpender) throw tooManyLanes(maxLanesOfSpender)
  }

  /**
   * A lane that its payee did not know. What it has promised before was for what it had before: a payee that has
   * lost its memory does not deliver twice.
   * @throws WeftError `payments/voucher`, `payments/over-promised`
   */
  add({ key, voucher, ...known }: NewLane): EarningLane {
    const nothing = { lostWei: 0n, voucher: null, evidence: null }
    const deliveredWei = known.chain.paidWei
    const before = { deliveredWei, paidBeforeWei: deliveredWei }
    const lane = this.#open({ ...known, lane: key, ...before, ...nothing })
    try {
      if (voucher && lane.accept(voucher)) lane.deliver(lane.promisedWei - deliveredWei)
      return lane
    } catch (error) {
      this.forget(lane)
      throw error
    }
  }

  /** The client has got another grant, or a key of its own. */
  fund(lane: EarningLane, funds: Funds, chain: LaneOnChain, readAtMs: number): void {
    lane.prove()
    this.#bySpender.get(lane.spender)?.delete(lane)
    lane.fund(funds, chain, readAtMs)
    this.#index(lane)
  }

  /** Forgets a lane on which nothing has happened yet; nothing of it was kept. */
  forget(lane: EarningLane): void {
    if (lane.jobs === 0 && lane.isEmpty) this.#drop(lane)
  }

  /**
   * Before anything more is lent on a lane: what its spender was believed elsewhere is checked, and what pays an
   * old debt. Else garbage on each of many lanes would be worth a window each.
   */
  proveFor(lane: EarningLane): void {
    for (const each of this.#bySpender.get(lane.spender) ?? []) {
      if (each !== lane || lane.earning.lostWei > 0n) each.prove()
    }
  }

  ofSpender({ spender }: EarningLane): SpenderAccount {
    return accountOf(this.#bySpender.get(spender) ?? [])
  }

  /**
   * What a lane may let stand unpaid. A spender that has promised nothing yet has `maxUnpaidWei` for all its jobs
   * together, once; for each wei that it pays, another may be lost, up to `maxLostWei`. So who walks away again
   * and again gets no more than it has paid for and one window. The visitors of an app have that each; all of
   * them together may lose `maxLostWei`, and for each wei that the app has paid, another.
   */
  creditWei(lane: EarningLane, { maxUnpaidWei, maxLostWei }: CreditPolicy): bigint {
    const { promisedWei, lostWei, creditWei } = this.ofSpender(lane)
    if (!lane.earning.funds.grant) {
      const elsewhereWei = creditWei - lane.creditWei
      const allowedWei = maxUnpaidWei + least(maxLostWei, promisedWei)
      return least(maxUnpaidWei, allowedWei - lostWei - elsewhereWei)
    }
    const ofVisitorWei = maxUnpaidWei + least(maxLostWei, lane.promisedWei) - lane.earning.lostWei
    const ofAppWei = maxLostWei + promisedWei - lostWei
    return least(maxUnpaidWei, least(ofVisitorWei, ofAppWei))
  }

  /** What vouchers of a lane can still add: nothing is lent to who has nothing left. */
  roomWei(lane: EarningLane): bigint {
    const { chain, funds } = lane.earning
    return payableWei(chain, funds.grant, this.#promisedElsewhereWei(lane)) - lane.claimedWei
  }

  /** Vouchers that were not checked yet are left out: else each lane's write would be a check of every lane. */
  redeemable({
    policy,
    withdrawDelay,
    nowMs,
  }: Moment & { policy: CreditPolicy }): RedeemableLane[] {
    const spenders = [...this.#bySpender.values()]
    const known = spenders.flatMap((lanes) => {
      const account = accountOf(lanes)
      return [...lanes].map((lane) => ({ lane, account }))
    })
    return known.map(({ lane, account: { unheldWei, unredeemedWei } }) => {
      const { earning, promisedWei } = lane
      const { id, funds, chain } = earning
      const payable = payableWei(chain, funds.grant)
      return {
        id,
        model: earning.lane.model,
        isGranted: funds.grant !== null,
        wei: least(promisedWei, payable) - chain.paidWei,
        deadline: lane.expiry + withdrawDelay,
        isEnding:
          nowMs >= lane.expiry * 1000 ||
          // Others may be promised the rest.
          2n * unheldWei > chain.capWei - chain.committedWei ||
          2n * unredeemedWei > policy.maxUnredeemedWei,
      }
    })
  }

  /** Forgets lanes on which nothing was promised, or whose time for claims and proofs is over. */
  async tidy({ withdrawDelay, nowMs }: Moment): Promise<void> {
    for (const lane of this.all) {
      const isOver = nowMs > (lane.expiry + 2 * withdrawDelay) * 1000
      if (lane.jobs > 0 || !(isOver || lane.isEmpty)) continue
      this.#drop(lane)
      this.#past = pastWith(this.#past, lane.earning)
      await this.#ledger.remove(lane.earning.id, this.#past)
    }
  }

  #open(earning: Earning): EarningLane {
    const lane = new EarningLane({
      earning,
      ledger: this.#ledger,
      promisedElsewhereWei: () => this.#promisedElsewhereWei(lane),
    })
    this.#lanes.set(earning.id, lane)
    this.#byPayer.set(payerOf(earning), lane)
    this.#index(lane)
    return lane
  }

  #promisedElsewhereWei(lane: EarningLane): bigint {
    return this.ofSpender(lane).unheldWei - lane.unheldWei
  }

  #index(lane: EarningLane): void {
    const lanes = this.#bySpender.get(lane.spender) ?? new Set()
    this.#bySpender.set(lane.spender, lanes.add(lane))
  }

  #drop(lane: EarningLane): void {
    lane.forget()
    this.#lanes.delete(lane.earning.id)
    this.#byPayer.delete(payerOf(lane.earning))
    const lanes = this.#bySpender.get(lane.spender)
    lanes?.delete(lane)
    if (lanes?.size === 0) this.#bySpender.delete(lane.spender)
  }
}

function payerKey({ clientPeerId, channelId, model }: LanePayer): string {
  return `${clientPeerId}/${channelId}/${model}`
}

function payerOf({ clientPeerId, lane: { channelId, model } }: Earning): string {
  return payerKey({ clientPeerId, channelId, model })
}

/** @param lanes - all of one spender */
function accountOf(lanes: Iterable<EarningLane>): SpenderAccount {
  const account = { promisedWei: 0n, unheldWei: 0n, unredeemedWei: 0n, lostWei: 0n, creditWei: 0n }
  for (const lane of lanes) {
    account.promisedWei += lane.promisedWei
    account.creditWei += lane.creditWei
    account.unheldWei += lane.unheldWei
    account.unredeemedWei += lane.unredeemedWei
    account.lostWei += lane.earning.lostWei
  }
  return account
}
