/** Vouchers are checked a moment after they came: whoever makes use of that gains no more than without. */
import { costWei, type Voucher } from '@weft/protocol'
import { afterEach, expect, test, vi } from 'vitest'
import { createPair, startJob, testPrice } from '../testing/pair.ts'

afterEach(() => void vi.useRealTimers())

const models = [
  'bafyreigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi',
  'bafyreibqr5yx7sblvbeaacgp6fjkhsv2vgsz7fmfuoymwrtz4iyeycp3gi',
]
const tokens = (outputTokens: number) => costWei(testPrice, { inputTokens: 0, outputTokens })
const garbage = (maxClaimableWei: bigint): Voucher => ({
  maxClaimableWei,
  signature: new Uint8Array(64).fill(7),
})
const due = (voucher: Voucher | null): Voucher => {
  if (!voucher) throw new Error('It is due.')
  return voucher
}

test.each([1, 30])(
  'garbage behind answers of %s tokens takes one window, over all models',
  async (size) => {
    const pair = await createPair({ policy: { unpaidMs: 1 } })
    const { maxUnpaidWei } = pair.job.policy
    const codes = new Set<string>()
    for (let asked = 0; asked < 75; asked += 1) {
      const modelCid = models[asked % 2] ?? ''
      const voucher = null
      const opening = pair.payee.openJob({ ...pair.job, modelCid, voucher })
      const paid = await opening.catch((error) => void codes.add(error.code))
      if (!paid) continue
      paid.start(0)
      try {
        for (let sent = 1; sent <= size; sent += 1) {
          await paid.ready()
          paid.delivered(sent)
          await paid.take(garbage(BigInt(asked + 1) * tokens(size)))
        }
        expect(await paid.settled()).toBe(true)
      } catch (error) {
        codes.add((error as { code: string }).code)
      }
      await paid.close()
    }
    await pair.payee.settle()
    const { earnedWei, lostWei } = pair.payee.totals()
    expect(earnedWei).toBe(0n)
    expect(lostWei).toBeGreaterThan(maxUnpaidWei - tokens(size))
    expect(lostWei).toBeLessThanOrEqual(maxUnpaidWei + tokens(1))
    expect(codes).toContain('payments/owes')
  },
)

test('a window of work after garbage ends the job, as a bad voucher does', async () => {
  const pair = await createPair()
  const { paid } = await startJob(pair, { inputTokens: 1 })
  paid.delivered(60)
  await paid.take(garbage(paid.costWei))
  await paid.ready()
  paid.delivered(70)
  await paid.take(garbage(paid.costWei))
  await expect(paid.ready()).rejects.toMatchObject({ code: 'payments/voucher' })
})

test('a good voucher counts, whatever bad ones came before', async () => {
  for (const moreWei of [-1n, 0n, 1n]) {
    const pair = await createPair()
    const { bill, hand, paid, lane } = await startJob(pair, { inputTokens: 1 })
    paid.delivered(50)
    const good = due(await bill.received(50))
    await hand(garbage(good.maxClaimableWei + moreWei))
    await hand(good)
    paid.delivered(80)
    await paid.ready()
    await hand(await bill.finish(80))
    expect(await paid.settled()).toBe(true)
    await paid.close()
    await pair.payee.settle()
    const { promisedWei } = lane.commitment
    expect(pair.payee.totals()).toMatchObject({ earnedWei: promisedWei, lostWei: 0n })
  }
})

test('nobody is told of earnings that were not checked', async () => {
  const pair = await createPair()
  const { paid } = await startJob(pair, { inputTokens: 1 })
  paid.delivered(40)
  const owedWei = paid.costWei
  await paid.take(garbage(owedWei))
  await paid.close()
  const everything = { ...pair.job.policy, redeemLaneFromWei: 1n, redeemBatchFromWei: 1n }
  expect(pair.payee.plan(everything)).toEqual([])
  expect(pair.payee.totals()).toMatchObject({ earnedWei: 0n, lostWei: 0n })
  await pair.payee.settle()
  expect(pair.payee.plan(everything)).toEqual([])
  expect(pair.payee.earnings()).toMatchObject([{ voucher: null, lostWei: owedWei }])
  expect(pair.payee.totals()).toMatchObject({ earnedWei: 0n, lostWei: owedWei })
})

test('to show what was earned checks nothing: it is shown once something else has checked it', async () => {
  const pair = await createPair()
  const { paid, bill, lane } = await startJob(pair, { inputTokens: 1 })
  paid.delivered(40)
  await paid.take(due(await bill.finish(40)))
  const everything = { ...pair.job.policy, redeemLaneFromWei: 1n, redeemBatchFromWei: 1n }
  expect(pair.payee.plan(everything)).toEqual([])
  expect(pair.payee.totals().earnedWei).toBe(0n)
  await pair.payee.settle()
  const { promisedWei } = lane.commitment
  expect(pair.payee.plan(everything)).toMatchObject([{ wei: promisedWei }])
  expect(pair.payee.totals().earnedWei).toBe(promisedWei)
  await paid.close()
})

test('garbage where nothing was delivered leaves no accounts', async () => {
  const pair = await createPair()
  const paid = await pair.payee.openJob({ ...pair.job, voucher: null })
  await paid.take(garbage(9n))
  await paid.close()
  await pair.payee.settle()
  expect((await pair.openPayee()).earnings()).toEqual([])
})

test('a voucher is written down a second after it came, with all that came meanwhile', async () => {
  vi.useFakeTimers()
  const pair = await createPair()
  const first = await startJob(pair)
  await first.stream(40)
  await first.hand(await first.bill.finish(40))
  await first.paid.close()
  const second = await startJob(pair)
  await second.stream(30)
  await second.hand(await second.bill.finish(30))
  await second.paid.close()
  await vi.advanceTimersByTimeAsync(1_000)
  const { promisedWei } = second.lane.commitment
  expect((await pair.openPayee()).earnings()).toMatchObject([
    { voucher: { maxClaimableWei: promisedWei }, deliveredWei: promisedWei, lostWei: 0n },
  ])
})

test('a crash in a long answer loses one window, however much came in a second', async () => {
  const pair = await createPair()
  const { stream, paid, lane } = await startJob(pair)
  await stream(900)
  const kept = (await pair.openPayee()).totals().earnedWei
  expect(lane.commitment.promisedWei).toBeGreaterThan(tokens(800))
  expect(paid.costWei - kept).toBeLessThanOrEqual(paid.maxUnpaidWei + tokens(1))
})

test('accounts that somebody else has opened are not written: the next voucher says so', async () => {
  const pair = await createPair()
  const { paid, bill, hand } = await startJob(pair)
  paid.delivered(90)
  await hand(await bill.received(40))
  await pair.openPayee()
  await expect(pair.payee.settle()).rejects.toMatchObject({ code: 'storage/taken-over' })
  await expect(bill.received(80).then(hand)).rejects.toMatchObject({ code: 'storage/taken-over' })
})
