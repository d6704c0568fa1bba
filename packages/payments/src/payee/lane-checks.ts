/**
 * Whether a lane is still worth working for, by what the chain said last and what was promised since.
 * @module
 */
import { redeemsFirst } from '../payment-errors.ts'
import type { ChainLooks } from './chain-looks.ts'
import type { CreditPolicy } from './credit-policy.ts'
import type { Earning, EarningLane } from './earning-lane.ts'
import type { EarningLanes } from './earning-lanes.ts'
import { whyWorthless } from './lane-on-chain.ts'
import type { PaidJobInit, WaitOptions } from './paid-job.ts'

/**
 * While the chain does not answer, jobs go on for so many times the age at which it is asked again: minutes. A
 * payer that revokes meanwhile takes nothing back before `withdrawDelay`, which is a day.
 */
const staleFactor = 10
/** A job looks so often whether its lane has expired, or another one of its spender has too much unredeemed. */
const againMs = 1_000

type LaneChecksInit = { looks: ChainLooks; lanes: EarningLanes; nowMs: () => number }

export class LaneChecks {
  readonly #looks: ChainLooks
  readonly #lanes: EarningLanes
  readonly #nowMs: () => number

  constructor({ looks, lanes, nowMs }: LaneChecksInit) {
    this.#looks = looks
    this.#lanes = lanes
    this.#nowMs = nowMs
  }

  /** @throws WeftError `payments/no-funds`, `funds-ended`, `redeems-first`, `chain-lost` */
  async check(lane: EarningLane, policy: CreditPolicy, options: WaitOptions): Promise<void> {
    const ageMs = this.#nowMs() - lane.earning.readAtMs
    if (ageMs > policy.chainMaxAgeMs) {
      const reading = this.#looks.again(lane, options)
      if (ageMs > staleFactor * policy.chainMaxAgeMs) await reading
      else reading.catch(() => {})
    }
    const { chain, funds } = lane.earning
    const worthless = whyWorthless(chain, { grant: funds.grant, nowMs: this.#nowMs() })
    if (worthless) throw worthless
    const { unredeemedWei } = this.#lanes.ofSpender(lane)
    if (unredeemedWei > policy.maxUnredeemedWei) throw redeemsFirst(unredeemedWei)
  }

  /**
   * @returns the same for before every delta: it looks when a voucher or the chain has said something, and now and
   *   then; undefined where there is nothing to look for
   */
  forJob(lane: EarningLane, policy: CreditPolicy): PaidJobInit['check'] {
    const everyMs = Math.min(againMs, policy.chainMaxAgeMs)
    let checked: Partial<Pick<Earning, 'chain' | 'voucher'>> = {}
    let checkedAtMs = 0
    const look = async (options: WaitOptions) => {
      const { chain, voucher } = lane.earning
      await this.check(lane, policy, options)
      checked = { chain, voucher }
      checkedAtMs = this.#nowMs()
    }
    return (options) => {
      const { chain, voucher } = lane.earning
      const isSame = checked.chain === chain && checked.voucher === voucher
      return isSame && this.#nowMs() - checkedAtMs < everyMs ? undefined : look(options)
    }
  }
}
