/**
 * The payee's half: whom it works for on credit and how far, what it was promised, when that goes to the chain.
 *
 *   job = payee.openJob(...)   before the quote, which says `job.maxUnpaidWei`
 *   job.start(inputTokens)     the client has accepted
 *   await job.ready()          before the prompt is read and before every delta; `job.take` meanwhile
 *   job.delivered(tokens)      after every delta
 *   await job.settled()        after the receipt
 *   job.close()                always
 * @module
 */
import {
  addressFromPeerId,
  type Funds,
  type Hex,
  modelKey,
  type Price,
  unlessAborted,
  type Voucher,
} from '@weft/protocol'
import { least } from '../amounts.ts'
import { laneBetween, laneIdOf } from '../lane.ts'
import type { LedgerStore } from '../ledger.ts'
import { badGrant, capUsed, noAnswer, owesTooMuch, wrongContract } from '../payment-errors.ts'
import { compactSignature } from '../signatures.ts'
import { type ContractRef, hashGrant } from '../typed-hashes.ts'
import { ChainLooks } from './chain-looks.ts'
import type { CreditPolicy } from './credit-policy.ts'
import type { Earning, EarningLane } from './earning-lane.ts'
import { EarningLanes } from './earning-lanes.ts'
import type { EarningTotals, PayeeRecord } from './earning-totals.ts'
import { LaneChecks } from './lane-checks.ts'
import type { ChannelsView } from './lane-on-chain.ts'
import { findOverPromises, type OverPromise } from './over-promise.ts'
import { PaidJob, type WaitOptions } from './paid-job.ts'
import { type Batch, planRedemption } from './plan-redemption.ts'
import { type RedeemCall, redeemCall } from './redeem-call.ts'

/** A spender that seems to have nothing left is looked at again when it was not for so long. */
const lookAgainMs = 5_000

/** Lanes that are read at the same time, four calls each: a public RPC server shuts out who asks for more. */
const readsAtOnce = 10

/** For one batch, from asking the wallet to a block: a popup that nobody answers must not hold up what redeems by itself. */
const sendMs = 600_000

export type PayeeInit = {
  /** The node's. */
  peerId: string
  channels: ChannelsView
  store: LedgerStore<PayeeRecord>
  nowMs?: () => number
}

export type OpenJobInit = {
  clientPeerId: string
  modelCid: string
  /** From the client's message. */
  funds: Funds
  /** The lane's debt so far, from the same message; null on a lane that owes nothing. */
  voucher: Voucher | null
  price: Price
  policy: CreditPolicy
}

export type PlannedRedemption = Omit<Batch, 'laneIds'> & { call: RedeemCall }

export type Payee = {
  /** Lower case. */
  readonly address: Hex
  readonly contract: ContractRef
  /**
   * Looks whether a client's money is good for another job.
   * @throws WeftError `payments/wrong-contract`, `no-funds`, `funds-ended`, `grant`, `voucher`, `over-promised`,
   *   `owes`, `cap-used`, `too-many-looks`, `too-many-lanes`, `redeems-first`, `chain-lost`; what the store throws
   */
  openJob(init: OpenJobInit, options?: WaitOptions): Promise<PaidJob>
  /**
   * Checks and writes down the vouchers of the last second, which otherwise come when it is over.
   * @throws what the store throws
   */
  settle(): Promise<void>
  /** All lanes, as they are now: checks what came in the last second. */
  earnings(): Earning[]
  /** What all lanes have earned by vouchers that were checked, those included whose time is over. Costs nothing. */
  totals(): EarningTotals
  /** What to redeem now, by what is known of the chain and by vouchers that were checked: a transaction each. */
  plan(policy: CreditPolicy): PlannedRedemption[]
  /** Keys that have promised more than they may, by what they gave this payee. */
  overPromises(): OverPromise[]
  /**
   * Looks at the chain for lanes that have something to redeem, the most valuable first: has a payer revoked,
   * another payee redeemed, a transaction paid? Forgets lanes on which nothing can happen any more.
   * @throws WeftError `payments/chain-lost`; what the store throws
   */
  refresh(options?: RefreshOptions): Promise<void>
  /**
   * Redeems what is due: looks at the chain, sends a transaction for each planned batch, looks again. To be called
   * by a timer, or by hand: one after the other, so nothing is sent twice. A batch that fails, or is not sent within
   * ten minutes, ends it: the next call plans anew.
   * @returns what was redeemed
   * @throws what `send` throws; WeftError `payments/no-answer`, `chain-lost`; what the store throws; CancelledError
   */
  redeem(init: RedeemInit, options?: WaitOptions): Promise<PlannedRedemption[]>
}

type RefreshOptions = WaitOptions & {
  /** Lanes with less to redeem are left as they are; by default 1. */
  fromWei?: bigint
}

export type RedeemInit = {
  /** What is worth a transaction, and when time presses. */
  policy: CreditPolicy
  /** Sends one batch, by whatever wallet pays the gas, and resolves when it is included. */
  send(call: RedeemCall, options: WaitOptions): Promise<unknown>
}

/** @throws what the store throws */
export async function createPayee({
  peerId,
  channels,
  store,
  nowMs = Date.now,
}: PayeeInit): Promise<Payee> {
  const { contract, withdrawDelay } = channels
  const address = addressFromPeerId(peerId)
  const ledger = await store.open(`payee/${contract.chainId}/${contract.contract}/${address}`)
  const lanes = new EarningLanes(ledger)
  const looks = new ChainLooks({ channels, nowMs })
  const checks = new LaneChecks({ looks, lanes, nowMs })

  /**
   * What a lane may let stand unpaid now.
   * @throws WeftError `payments/owes`, `payments/cap-used`
   */
  function creditOf(lane: EarningLane, policy: CreditPolicy): bigint {
    lanes.proveFor(lane)
    const creditWei = lanes.creditWei(lane, policy)
    if (creditWei <= 0n && creditWei < policy.maxUnpaidWei)
      throw owesTooMuch(lanes.ofSpender(lane).lostWei)
    const roomWei = lanes.roomWei(lane)
    if (roomWei <= 0n) throw capUsed()
    return least(creditWei, roomWei)
  }

  async function laneFor(init: OpenJobInit, options: WaitOptions): Promise<EarningLane> {
    const { clientPeerId, modelCid, funds, voucher } = init
    const { channelId } = funds
    const known = lanes.of({ clientPeerId, channelId, model: modelKey(modelCid) })
    if (known?.isFundedBy(funds)) return known
    const key = laneBetween(funds, { payerPeerId: clientPeerId, payeePeerId: peerId, modelCid })
    const id = laneIdOf(key)
    if (!isGranted(funds, key.signer)) throw badGrant()
    lanes.checkRoom(key, funds)
    const chain = await looks.first(key, { clientPeerId, grant: funds.grant, ...options })
    // Another job of the same client may have come first.
    const since = lanes.get(id)
    if (since) lanes.fund(since, funds, chain, nowMs())
    return since ?? lanes.add({ id, key, clientPeerId, funds, voucher, chain, readAtMs: nowMs() })
  }

  function plan(policy: CreditPolicy): PlannedRedemption[] {
    const now = { policy, nowMs: nowMs() }
    const planned = planRedemption(lanes.redeemable({ ...now, withdrawDelay }), now)
    return planned.map(({ laneIds, ...batch }) => {
      const earnings = laneIds.flatMap((id) => lanes.get(id)?.earning ?? [])
      return {
        ...batch,
        // For whoever sends it: to work out the parities takes longer than all else that vouchers cost.
        get call() {
          return redeemCall({ payee: address, ...batch }, earnings)
        },
      }
    })
  }

  const settle = () => Promise.all(lanes.all.map((lane) => lane.settle()))

  async function refresh({ fromWei = 1n, ...options }: RefreshOptions): Promise<void> {
    await settle()
    const open = lanes.all
      .filter((lane) => lane.unredeemedWei >= fromWei)
      .toSorted((a, b) => (a.unredeemedWei < b.unredeemedWei ? 1 : -1))
    for (let start = 0; start < open.length; start += readsAtOnce) {
      const some = open.slice(start, start + readsAtOnce)
      await Promise.all(some.map((lane) => looks.again(lane, options)))
    }
    if (open.length > 0) await ledger.put(...open.map(({ earning }) => earning))
    await lanes.tidy({ withdrawDelay, nowMs: nowMs() })
  }

  let redeeming: Promise<unknown> = Promise.resolve()

  async function redeemDue({ policy, send }: RedeemInit, options: WaitOptions) {
    const looking = { ...options, fromWei: policy.redeemLaneFromWei }
    await refresh(looking)
    const redeemed: PlannedRedemption[] = []
    try {
      for (const batch of plan(policy)) {
        options.signal?.throwIfAborted()
        await inTime(send(batch.call, options))
        redeemed.push(batch)
      }
    } finally {
      if (redeemed.length > 0) await refresh(looking)
    }
    return redeemed
  }

  return {
    address,
    contract,
    async openJob(init, options = {}) {
      const { funds, voucher, price, policy } = init
      if (funds.chainId !== contract.chainId || funds.contract !== contract.contract) {
        throw wrongContract()
      }
      const lane = await laneFor(init, options)
      const job = new PaidJob({
        lane,
        price,
        policy,
        check: checks.forJob(lane, policy),
        forget: () => lanes.forget(lane),
      })
      try {
        await checks.check(lane, policy, options)
        if (voucher) await lane.take(voucher)
        // Its limit may have been raised a moment ago.
        const isOld = nowMs() - lane.earning.readAtMs > lookAgainMs
        if (lanes.roomWei(lane) <= 0n && isOld) await looks.again(lane, options)
        job.open(creditOf(lane, policy))
        return job
      } catch (error) {
        await job.close()
        throw error
      }
    },
    earnings: () => lanes.earnings,
    totals: () => lanes.totals,
    plan,
    overPromises: () => findOverPromises(lanes.earnings),
    async settle() {
      await settle()
    },
    refresh: (options = {}) => refresh(options),
    redeem(init, options = {}) {
      const before = redeeming
      const turn = unlessAborted(before, options.signal, 'The wait for another redemption')
      const done = turn.then(() => redeemDue(init, options))
      // Who gives up waiting lets nobody in before their turn.
      redeeming = Promise.allSettled([before, done])
      return done
    },
  }
}

/** @throws WeftError `payments/no-answer` */
async function inTime(sending: Promise<unknown>): Promise<void> {
  const over = Promise.withResolvers<never>()
  const timer = setTimeout(() => over.reject(noAnswer()), sendMs)
  try {
    await Promise.race([over.promise, sending])
  } finally {
    clearTimeout(timer)
  }
}

function isGranted(funds: Funds, grantee: Hex): boolean {
  const { grant } = funds
  if (!grant) return true
  const hash = hashGrant(funds, { ...grant, grantee })
  return compactSignature(hash, grant.signature, grant.signer) !== undefined
}
