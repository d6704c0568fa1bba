import { costWei, type Price, type Voucher } from '@weft/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'

import { createPair, type PairInit } from './testing/pair.ts'

const price: Price = { inputWeiPerMillion: 7n * 10n ** 15n, outputWeiPerMillion: 31n * 10n ** 15n }

async function openJob(init: Partial<PairInit> = {}) {
  const pair = await createPair({ price, ...init })
  const [payer, payee] = [await pair.openPayer(), await pair.openPayee()]
  return { ...pair, payer, payee }
}

/** A job of `tokens`, one delta each, as the stream would carry it. */
async function runJob(
  { payer, payee, job, to }: Awaited<ReturnType<typeof openJob>>,
  { inputTokens, tokens }: { inputTokens: number; tokens: number },
) {
  const lane = payer.lane(to)
  const paid = await payee.openJob({ ...job, voucher: await lane.open() })
  const { maxUnpaidWei } = paid
  const bill = await lane.begin({
    price: job.price,
    inputTokens,
    maxOutputTokens: tokens,
    maxUnpaidWei,
  })
  let vouchers = 0
  const hand = async (voucher: Voucher | null) => {
    if (!voucher) return
    vouchers += 1
    await paid.take(voucher)
  }
  paid.start(inputTokens)
  await hand(await bill.start())
  for (let sent = 1; sent <= tokens; sent += 1) {
    await paid.ready()
    paid.delivered(sent)
    await hand(await bill.received(sent))
  }
  await hand(await bill.finish(tokens))
  return { lane, bill, paid, vouchers }
}

test('both sides count the same to the wei, whatever the price and the lengths', async () => {
  const wei = fc.bigInt({ min: 0n, max: 10n ** 24n })
  const counts = fc.record({
    inputTokens: fc.integer({ min: 1, max: 100_000 }),
    tokens: fc.integer({ min: 0, max: 40 }),
  })
  const prices = fc.record({ inputWeiPerMillion: wei, outputWeiPerMillion: wei })
  await fc.assert(
    fc.asyncProperty(prices, counts, async (price, { inputTokens, tokens }) => {
      const pair = await openJob({
        price,
        chain: { capWei: 2n ** 95n },
        policy: { maxUnredeemedWei: 2n ** 95n },
      })
      const { bill, paid, lane } = await runJob(pair, { inputTokens, tokens })
      const cost = costWei(price, { inputTokens, outputTokens: tokens })
      expect([bill.costWei, paid.costWei, lane.commitment.promisedWei]).toEqual([cost, cost, cost])
      expect(await paid.settled()).toBe(true)
      await paid.close()
      expect(pair.payee.earnings()[0]?.voucher?.maxClaimableWei ?? 0n).toBe(cost)
    }),
    { numRuns: 30 },
  )
})
