import { afterEach, expect, test, vi } from 'vitest'
import { MemoryLedgers } from '../testing/memory-ledgers.ts'
import { createPair, startJob, takeWithoutPaying } from '../testing/pair.ts'
import { createPayee, type RedeemInit } from './payee.ts'

afterEach(() => void vi.useRealTimers())

test('a payee that has lost its memory delivers nothing twice', async () => {
  const pair = await createPair()
  const job = await startJob(pair)
  await job.stream(200)
  await job.hand(await job.bill.finish(200))
  const payee = await pair.openPayee(new MemoryLedgers())
  const again = await startJob({ ...pair, payee }, { inputTokens: 1 })
  expect(await takeWithoutPaying(again)).toBe(64)
  expect(payee.earnings()[0]?.deliveredWei).toBe(
    job.lane.commitment.promisedWei + again.paid.costWei,
  )
})

test('a lane on which nothing happened is forgotten, and one whose time for proofs is over: not what it earned', async () => {
  const pair = await createPair()
  await (await pair.payee.openJob({ ...pair.job, voucher: null })).close()
  expect(pair.payee.earnings()).toEqual([])
  const job = await startJob(pair)
  await job.stream(100)
  await job.paid.close()
  const { promisedWei } = job.lane.commitment
  pair.chain.state = { ...pair.chain.state, paidWei: promisedWei - 1n }
  await pair.payee.refresh()
  const totals = {
    earnedWei: promisedWei,
    redeemedWei: promisedWei - 1n,
    lostWei: job.paid.costWei - promisedWei,
  }
  expect(totals.lostWei).toBeGreaterThan(0n)
  expect(pair.payee.totals()).toEqual(totals)
  const { expiry } = pair.chain.state
  pair.chain.state = { ...pair.chain.state, expiry: 1 }
  await pair.payee.refresh()
  expect(pair.payee.earnings()).toEqual([])
  expect(pair.payee.totals()).toEqual(totals)
  const reopened = await pair.openPayee()
  expect(reopened.totals()).toEqual(totals)
  // Its payer goes on with it: what was counted is not counted again.
  pair.chain.state = { ...pair.chain.state, expiry }
  const again = await startJob({ ...pair, payee: reopened })
  await again.stream(40)
  const more = again.lane.commitment.promisedWei - (promisedWei - 1n)
  await reopened.settle()
  expect(reopened.totals()).toMatchObject({
    earnedWei: promisedWei + more,
    redeemedWei: promisedWei - 1n,
  })
})

test('redeeming sends what is due, once, also when asked twice at the same time', async () => {
  const pair = await createPair()
  const job = await startJob(pair)
  await job.stream(100)
  const { promisedWei } = job.lane.commitment
  const sent: bigint[] = []
  const send: RedeemInit['send'] = async ({ vouchers }) => {
    sent.push(BigInt(vouchers.length))
    pair.chain.state = { ...pair.chain.state, paidWei: promisedWei, committedWei: promisedWei }
  }
  expect(await pair.payee.redeem({ policy: pair.job.policy, send })).toEqual([])
  const everything = { ...pair.job.policy, redeemLaneFromWei: 1n, redeemBatchFromWei: 1n }
  const failing = () => Promise.reject(new Error('The wallet was closed.'))
  await expect(pair.payee.redeem({ policy: everything, send: failing })).rejects.toThrow('closed')
  const both = await Promise.all([
    pair.payee.redeem({ policy: everything, send }),
    pair.payee.redeem({ policy: everything, send }),
  ])
  const { expiry } = pair.chain.state
  const deadline = expiry + pair.chain.withdrawDelay
  expect(both).toMatchObject([[{ wei: promisedWei, deadline, isUrgent: false }], []])
  expect(sent).toEqual([1n])
  expect(pair.payee.totals()).toMatchObject({ earnedWei: promisedWei, redeemedWei: promisedWei })
})

test('a wallet that nobody answers holds up no other redemption for longer than ten minutes', async () => {
  const pair = await createPair()
  const job = await startJob(pair)
  await job.stream(100)
  vi.useFakeTimers()
  const policy = { ...pair.job.policy, redeemLaneFromWei: 1n, redeemBatchFromWei: 1n }
  const ignored = pair.payee.redeem({ policy, send: () => new Promise(() => {}) })
  const isIgnored = expect(ignored).rejects.toMatchObject({ code: 'payments/no-answer' })
  const send = vi.fn(async () => {})
  const left = new AbortController()
  const leaving = pair.payee.redeem({ policy, send }, left)
  const waiting = pair.payee.redeem({ policy, send })
  left.abort()
  await expect(leaving).rejects.toMatchObject({ code: 'protocol/cancelled' })
  expect(send).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(600_000)
  await isIgnored
  expect(await waiting).toHaveLength(1)
  expect(send).toHaveBeenCalledOnce()
})

test('a chain that does not answer for a while ends no job, one that is gone for long does', async () => {
  const pair = await createPair({ policy: { chainMaxAgeMs: 100 } })
  let nowMs = Date.now()
  const payee = await createPayee({
    peerId: pair.to.payeePeerId,
    channels: pair.chain,
    store: new MemoryLedgers(),
    nowMs: () => nowMs,
  })
  const job = await startJob({ ...pair, payee })
  pair.chain.isLost = true
  nowMs += 900
  await job.stream(40)
  nowMs += 200
  await expect(job.stream(50, 40)).rejects.toMatchObject({ code: 'payments/chain-lost' })
  pair.chain.isLost = false
  await job.stream(50, 40)
})
