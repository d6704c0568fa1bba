/**
 * All lanes of a payee. Those of one spender draw on the same cap, so what is trusted is counted over them.
 * @module
 */

import type { Funds, Hex, Voucher } from '@weft/protocol'
import { least, most } from '../amounts.ts'
import type { Lane } from '../lane.ts'
import type { Ledger } from '../ledger.ts'
import type { CreditPolicy } from './credit-policy.ts'
import { type Earning, EarningLane } from './earning-lane.ts'
import { type LaneOnChain, payableWei } from './lane-on-chain.ts'
import type { RedeemableLane } from './plan-redemption.ts'

export type NewLane = {
  id: Hex
  key: Lane
  clientPeerId: string
  funds: Funds
  voucher: Voucher | null
  chain: LaneOnChain
  readAtMs: number
}

/** Of one spender, over all its lanes, in wei. */
export type SpenderAccount = {
  /** Promised beyond what the chain holds for the lanes. */
  unheldWei: bigint
  unredeemedWei: bigint
  lostWei: bigint
}

type Moment = { withdrawDelay: number; nowMs: number }

export class EarningLanes {
  readonly #ledger: Ledger<Earning>
  readonly #lanes = new Map<Hex, EarningLane>()

  constructor(ledger: Ledger<Earning>) {
    this.#ledger = ledger
    for (const earning of ledger.records) this.#open(earning)
  }

  get all(): EarningLane[] {
    return [...this.#lanes.values()]
  }

  get(id: Hex): EarningLane | undefined {
    return this.#lanes.get(id)
  }

  /**
   * A lane that its payee did not know. What it has promised before was for what it had before: a payee that has
   * lost its memory does not deliver twice.
   */
  add({ key, voucher, ...known }: NewLane): EarningLane {
    const deliveredWei = most(voucher?.maxClaimableWei ?? 0n, known.chain.paidWei)
    return this.#open({
      ...known,
      lane: key,
      deliveredWei,
      lostWei: 0n,
      voucher: null,
      evidence: null,
    })
  }

  ofSpender(lane: EarningLane): SpenderAccount {
    const account = { unheldWei: 0n, unredeemedWei: 0n, lostWei: 0n }
    for (const other of this.#lanes.values()) {
      if (other.spender !== lane.spender) continue
      account.unheldWei += other.unheldWei
      account.unredeemedWei += other.unredeemedWei
      account.lostWei += other.earning.lostWei
    }
    return account
  }

  redeemable({
    policy,
    withdrawDelay,
    nowMs,
  }: Moment & { policy: CreditPolicy }): RedeemableLane[] {
    return this.all.map((lane) => {
      const { earning, promisedWei } = lane
      const { id, funds, chain } = earning
      const payable = payableWei(chain, funds.grant)
      const { unheldWei, unredeemedWei } = this.ofSpender(lane)
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
      this.#lanes.delete(lane.earning.id)
      await this.#ledger.remove(lane.earning.id)
    }
  }

  #open(earning: Earning): EarningLane {
    const lane = new EarningLane({
      earning,
      ledger: this.#ledger,
      promisedElsewhereWei: () => this.ofSpender(lane).unheldWei - lane.unheldWei,
    })
    this.#lanes.set(earning.id, lane)
    return lane
  }
}
