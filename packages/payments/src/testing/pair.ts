/**
 * A payer and a payee that know each other, for tests.
 * @module
 */
import {
  createPrivateKey,
  type Funds,
  type Price,
  peerIdFromPrivateKey,
  type Voucher,
  WeftError,
} from '@weft/protocol'
import { type CreditPolicy, creditPolicyFor } from '../payee/credit-policy.ts'
import type { PayeeRecord } from '../payee/earning-totals.ts'
import type { LaneOnChain } from '../payee/lane-on-chain.ts'
import { createPayee, type OpenJobInit } from '../payee/payee.ts'
import type { Commitment } from '../payer/cap.ts'
import { createPayer, type PayerInit } from '../payer/payer.ts'
import { ChainInMemory } from './chain-in-memory.ts'
import { MemoryLedgers } from './memory-ledgers.ts'

const testModelCid = 'bafyreigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi'

export const testPrice: Price = {
  inputWeiPerMillion: 7n * 10n ** 15n,
  outputWeiPerMillion: 31n * 10n ** 15n,
}

export type PairInit = {
  price?: Price
  chain?: Partial<LaneOnChain>
  policy?: Partial<CreditPolicy>
}

export type Pair = Awaited<ReturnType<typeof createPair>>

/** Each side can be opened again, as after a reload. */
export async function createPair({ price = testPrice, ...init }: PairInit = {}) {
  const chain = new ChainInMemory(init.chain)
  const keys = { payer: createPrivateKey(), payee: createPrivateKey() }
  const payeePeerId = peerIdFromPrivateKey(keys.payee)
  const funds: Funds = { ...chain.contract, channelId: `0x${'07'.repeat(32)}`, grant: null }
  const stores = {
    payer: new MemoryLedgers<Commitment>(),
    payee: new MemoryLedgers<PayeeRecord>(),
  }
  const { capWei, expiry } = chain.state
  const limit = { capWei, expiry, committedWei: 0n }
  const openPayer = (changed: Partial<PayerInit> = {}) =>
    createPayer({ privateKey: keys.payer, funds, limit, store: stores.payer, ...changed })
  const openPayee = (store = stores.payee) =>
    createPayee({ peerId: payeePeerId, channels: chain, store })
  const job: Omit<OpenJobInit, 'voucher'> = {
    clientPeerId: peerIdFromPrivateKey(keys.payer),
    modelCid: testModelCid,
    funds,
    price,
    policy: { ...creditPolicyFor(price), unpaidMs: 50, ...init.policy },
  }
  return {
    chain,
    keys,
    funds,
    limit,
    stores,
    job,
    to: { payeePeerId, modelCid: testModelCid },
    payer: await openPayer(),
    payee: await openPayee(),
    openPayer,
    openPayee,
  }
}

/** One job, opened and accepted by both sides. */
export async function startJob(
  { payer, payee, job, to }: Pick<Pair, 'payer' | 'payee' | 'job' | 'to'>,
  { inputTokens = 20, maxOutputTokens = 1_000 } = {},
) {
  const lane = payer.lane(to)
  const paid = await payee.openJob({ ...job, voucher: await lane.open() })
  const { maxUnpaidWei } = paid
  const bill = await lane.begin({ price: job.price, inputTokens, maxOutputTokens, maxUnpaidWei })
  paid.start(inputTokens)
  let vouchers = 0
  const hand = async (voucher: Voucher | null) => {
    if (!voucher) return
    vouchers += 1
    await paid.take(voucher)
  }
  await hand(await bill.start())
  return {
    lane,
    bill,
    paid,
    hand,
    get vouchers() {
      return vouchers
    },
    /** Deltas of one token each, up to so many in all. */
    async stream(tokens: number, from = 0) {
      for (let sent = from + 1; sent <= tokens; sent += 1) {
        await paid.ready()
        paid.delivered(sent)
        await hand(await bill.received(sent))
      }
    },
  }
}

/** Sends deltas until the node stops. @returns how many tokens it has sent */
export async function takeWithoutPaying({
  paid,
}: Awaited<ReturnType<typeof startJob>>): Promise<number> {
  for (let sent = 1; ; sent += 1) {
    try {
      await paid.ready()
    } catch (error) {
      if (error instanceof WeftError && error.code === 'payments/unpaid') return sent - 1
      throw error
    }
    paid.delivered(sent)
  }
}
