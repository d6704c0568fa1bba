import { costWei, createPrivateKey, peerIdFromPrivateKey } from '@weft/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { LedgerStore } from '../ledger.ts'
import { MemoryLedgers } from '../testing/memory-ledgers.ts'
import { createPair, startJob, testPrice } from '../testing/pair.ts'
import type { Commitment } from './cap.ts'
import type { Bill } from './payer-lane.ts'

const terms = { price: testPrice, inputTokens: 20, maxOutputTokens: 1_000, maxUnpaidWei: 0n }

test('a payer that finds more paid than it remembers signs nothing with that key', async () => {
  const pair = await createPair()
  const job = await startJob(pair)
  await job.stream(100)
  const committedWei = job.lane.commitment.promisedWei
  const limit = { ...pair.limit, committedWei }
  // All was redeemed, and it knows.
  await pair.openPayer({ limit })
  const lost = pair.openPayer({ limit, store: new MemoryLedgers() })
  await expect(lost).rejects.toMatchObject({ code: 'payments/accounts-lost' })
  const elsewhere = await pair.openPayer()
  expect(() => elsewhere.setLimit({ ...limit, committedWei: committedWei + 1n })).toThrow(
    expect.objectContaining({ code: 'payments/accounts-lost' }),
  )
  elsewhere.setLimit(limit)
})

test('both sides count the same to the wei, whatever the price and the lengths', async () => {
  const wei = fc.bigInt({ min: 0n, max: 10n ** 24n })
  const prices = fc.record({ inputWeiPerMillion: wei, outputWeiPerMillion: wei })
  const counts = fc.record({
    inputTokens: fc.integer({ min: 1, max: 100_000 }),
    outputTokens: fc.integer({ min: 0, max: 40 }),
  })
  await fc.assert(
    fc.asyncProperty(prices, counts, async (price, { inputTokens, outputTokens }) => {
      const most = 2n ** 95n
      const policy = { maxUnredeemedWei: most }
      const pair = await createPair({ price, chain: { capWei: most }, policy })
      const job = await startJob(pair, { inputTokens, maxOutputTokens: outputTokens })
      await job.stream(outputTokens)
      await job.hand(await job.bill.finish(outputTokens))
      expect(await job.paid.settled()).toBe(true)
      await job.paid.close()
      const cost = costWei(price, { inputTokens, outputTokens })
      expect([job.bill.costWei, job.paid.costWei]).toEqual([cost, cost])
      expect(pair.payer.spending().promisedWei).toBe(cost)
      expect(pair.payee.earnings()[0]?.voucher?.maxClaimableWei ?? 0n).toBe(cost)
    }),
    { numRuns: 20 },
  )
})

test('a voucher for every 32 tokens is enough for a node that lets 64 stand unpaid', async () => {
  const pair = await createPair()
  const job = await startJob(pair)
  await job.stream(320)
  expect(job.vouchers).toBe(10)
})

test('after a reload the total goes on from where it was', async () => {
  const pair = await createPair()
  const job = await startJob(pair)
  await job.stream(100)
  await job.hand(await job.bill.finish(100))
  const payer = await pair.openPayer()
  const again = await payer.lane(pair.to).open()
  expect(again).toEqual(pair.payee.earnings()[0]?.voucher)
  const next = await startJob({ ...pair, payer })
  await next.stream(100)
  expect(next.lane.commitment.promisedWei).toBeGreaterThan(again?.maxClaimableWei ?? 0n)
})

test('no voucher leaves before it is written down', async () => {
  const { stores, openPayer, to } = await createPair()
  let isFull = false
  const store: LedgerStore<Commitment> = {
    async open(owner) {
      const ledger = await stores.payer.open(owner)
      const put = async (...records: Commitment[]) => {
        if (isFull) throw new DOMException('The disk is full.', 'QuotaExceededError')
        await ledger.put(...records)
      }
      return { ...ledger, put }
    },
  }
  const payer = await openPayer({ store })
  const bill = await payer.lane(to).begin(terms)
  const voucher = await bill.received(10)
  isFull = true
  await expect(bill.received(20)).rejects.toThrow('The disk is full.')
  const after = await openPayer()
  expect(await after.lane(to).open()).toEqual(voucher)
  expect(after.spending().promisedWei).toBe(voucher?.maxClaimableWei)
})

test('two pages that hold one key: the later goes on, the earlier signs nothing more', async () => {
  const pair = await createPair()
  const bill = await pair.payer.lane(pair.to).begin(terms)
  const first = await bill.received(10)
  const later = await pair.openPayer()
  await expect(bill.received(20)).rejects.toMatchObject({ code: 'storage/taken-over' })
  const next = await (await later.lane(pair.to).begin(terms)).received(10)
  expect(next?.maxClaimableWei).toBe(2n * (first?.maxClaimableWei ?? 0n))
})

test('whatever jobs run at once and however they end, all promises stay within the cap', async () => {
  const nodes = Array.from({ length: 4 }, () => peerIdFromPrivateKey(createPrivateKey()))
  const step = fc.record({
    node: fc.nat(3),
    action: fc.constantFrom('begin', 'receive', 'receive', 'finish', 'abandon', 'grant'),
    tokens: fc.nat(400),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const capWei = costWei(testPrice, { inputTokens: 0, outputTokens: 1_500 })
      const { openPayer, to } = await createPair({ chain: { capWei } })
      const payer = await openPayer()
      const bills: { node: number; bill: Bill }[] = []
      const promised = new Map<number | string, bigint>()
      const note = (who: number | string, wei = 0n) => {
        const before = promised.get(who) ?? 0n
        if (typeof who === 'number' && wei > 0n) expect(wei).toBeGreaterThanOrEqual(before)
        if (wei > before) promised.set(who, wei)
      }
      const act = async ({ node, action, tokens }: (typeof steps)[number]) => {
        const { bill } = bills.findLast((open) => open.node === node) ?? {}
        if (action === 'begin') {
          const lane = payer.lane({ ...to, payeePeerId: nodes[node] ?? '' })
          bills.push({ node, bill: await lane.begin({ ...terms, maxOutputTokens: tokens }) })
        } else if (action === 'grant') {
          const grantee = `0x${'0'.repeat(39)}${node}` as const
          const grant = { grantee, capWei: BigInt(tokens) * 10n ** 10n, expiry: 2_000_000_000 }
          note(grantee, (await payer.grant(grant)).capWei)
        } else if (action === 'abandon') await bill?.abandon()
        else if (action === 'receive') note(node, (await bill?.received(tokens))?.maxClaimableWei)
        else note(node, (await bill?.finish(tokens))?.maxClaimableWei)
      }
      const refused = (error: unknown) => expect(error).toMatchObject({ code: 'payments/over-cap' })
      await Promise.all(steps.map((each) => act(each).catch(refused)))
      // What was admitted can be paid in full.
      for (const { node, bill } of bills) note(node, (await bill.finish(400))?.maxClaimableWei)
      const total = [...promised.values()].reduce((sum, wei) => sum + wei, 0n)
      expect(total).toBeLessThanOrEqual(capWei)
      expect(payer.spending().promisedWei).toBe(total)
    }),
    { numRuns: 25 },
  )
})

test('a node that was lost is paid for what came from it when it is met again, the next one from there', async () => {
  const [lost, next] = [await createPair(), await createPair()]
  const { payer } = lost
  const first = await startJob(lost, { inputTokens: 20 })
  await first.stream(50)
  await first.bill.abandon()
  const elsewhere = { ...lost, payee: next.payee, to: next.to }
  const second = await startJob(elsewhere, { inputTokens: 20 })
  await second.stream(30)
  await second.hand(await second.bill.finish(30))

  const cost = (outputTokens: number) => costWei(testPrice, { inputTokens: 20, outputTokens })
  expect(next.payee.earnings()[0]?.voucher?.maxClaimableWei).toBe(cost(30))
  expect(lost.payee.earnings()[0]?.voucher?.maxClaimableWei).toBeLessThan(cost(50))
  const again = await (await lost.openPayer()).lane(lost.to).open()
  expect(again?.maxClaimableWei).toBe(cost(50))
  expect(payer.spending().freeWei).toBeGreaterThan(0n)
})

test('a job that could cost more than is left is refused, and holds nothing', async () => {
  const capWei = costWei(testPrice, { inputTokens: 20, outputTokens: 1_000 })
  const { payer, to } = await createPair({ chain: { capWei } })
  const lane = payer.lane(to)
  const bill = await lane.begin(terms)
  await expect(lane.begin(terms)).rejects.toMatchObject({ code: 'payments/over-cap' })
  await bill.finish(10)
  expect(payer.spending().freeWei).toBe(capWei - bill.costWei)
  expect(await lane.begin({ ...terms, maxOutputTokens: 900 })).toBeDefined()
})

test('when its time is over a key begins nothing new, and pays what it owes', async () => {
  const { openPayer, to, chain } = await createPair()
  let nowMs = 0
  const lane = (await openPayer({ nowMs: () => nowMs })).lane(to)
  const bill = await lane.begin(terms)
  nowMs = chain.state.expiry * 1000
  expect(await bill.finish(10)).not.toBeNull()
  await expect(lane.begin(terms)).rejects.toMatchObject({ code: 'payments/key-expired' })
})

test('what is reserved for one lane is not there for others', async () => {
  const capWei = costWei(testPrice, { inputTokens: 20, outputTokens: 1_000 })
  const { payer, to } = await createPair({ chain: { capWei } })
  const payeePeerId = peerIdFromPrivateKey(createPrivateKey())
  await payer.lane({ ...to, payeePeerId }).reserve(capWei / 2n)
  await expect(payer.lane(to).begin(terms)).rejects.toMatchObject({ code: 'payments/over-cap' })
  expect(await payer.lane({ ...to, payeePeerId }).begin(terms)).toBeDefined()
})
