import { costWei, createPrivateKey, type Funds, peerIdFromPrivateKey } from '@weft/protocol'
import { expect, test } from 'vitest'
import { MemoryLedgers } from '../testing/memory-ledgers.ts'
import { createPair, type Pair, startJob, takeWithoutPaying, testPrice } from '../testing/pair.ts'
import type { ChannelsView } from './lane-on-chain.ts'
import { createPayee } from './payee.ts'

const otherModelCid = 'bafyreibqr5yx7sblvbeaacgp6fjkhsv2vgsz7fmfuoymwrtz4iyeycp3gi'
const tokens = (outputTokens: number) => costWei(testPrice, { inputTokens: 0, outputTokens })

async function refusal(pair: Pair, change: Partial<Pair['job']> = {}) {
  const voucher = await pair.payer.lane(pair.to).open()
  return pair.payee.openJob({ ...pair.job, voucher, ...change }).then(
    () => undefined,
    (error) => error.code,
  )
}

test('a client that stops paying stops getting tokens: 64 on credit and one delta', async () => {
  const pair = await createPair()
  const job = await startJob(pair, { inputTokens: 1 })
  const sent = await takeWithoutPaying(job)
  expect(sent).toBe(64)
  await job.paid.close()
  const lostWei = pair.payee.earnings()[0]?.lostWei ?? 0n
  expect(lostWei).toBeLessThanOrEqual(job.paid.maxUnpaidWei + tokens(1))
  expect(lostWei).toBe(job.paid.costWei)
})

test('a client that never pays has one window in all, also after a reload; who pays is lent as much again', async () => {
  const pair = await createPair({ policy: { unpaidMs: 1 } })
  const { policy } = pair.job
  const lostWei = () => pair.payee.totals().lostWei
  /** Takes what it is lent, and leaves. @returns how much that was */
  const takeAway = async () => {
    const before = lostWei()
    const paid = await pair.payee.openJob({ ...pair.job, voucher: null })
    paid.start(1)
    for (let sent = 1; ; sent += 1) {
      const isReady = await paid.ready().then(
        () => true,
        () => false,
      )
      if (!isReady) break
      paid.delivered(sent)
    }
    await paid.close()
    return lostWei() - before
  }
  const first = await takeAway()
  expect(first).toBeGreaterThan(policy.maxUnpaidWei - tokens(1))
  expect(first).toBeLessThanOrEqual(policy.maxUnpaidWei + tokens(1))
  await expect(takeAway()).rejects.toMatchObject({ code: 'payments/owes' })
  expect(await refusal({ ...pair, payee: await pair.openPayee() })).toBe('payments/owes')

  pair.payee = await pair.openPayee(new MemoryLedgers())
  const honest = await startJob(pair)
  await honest.stream(400)
  await honest.hand(await honest.bill.finish(400))
  await honest.paid.close()
  let jobs = 0
  const refused = async () => {
    for (; jobs < 20; jobs += 1) await takeAway()
  }
  await expect(refused()).rejects.toMatchObject({ code: 'payments/owes' })
  expect(jobs).toBeGreaterThan(5)
  const { promisedWei } = honest.lane.commitment
  expect(lostWei()).toBeGreaterThan(promisedWei)
  expect(lostWei()).toBeLessThanOrEqual(promisedWei + policy.maxUnpaidWei + tokens(1))
})

test('a stranger has one window over all models; a spender whose cap is used up has none', async () => {
  const pair = await createPair()
  const other = { ...pair.job, modelCid: otherModelCid, voucher: null }
  const first = await pair.payee.openJob({ ...pair.job, voucher: null })
  await expect(pair.payee.openJob(other)).rejects.toMatchObject({
    code: 'payments/owes',
    message: expect.stringContaining('one thing at a time'),
  })
  await first.close()
  await (await pair.payee.openJob(other)).close()

  const poor = await createPair({ chain: { capWei: tokens(40) } })
  const little = await poor.payee.openJob({ ...poor.job, voucher: null })
  expect(little.maxUnpaidWei).toBe(tokens(40))
  await little.close()
  const used = await createPair({ chain: { capWei: tokens(40), committedWei: tokens(40) } })
  expect(await refusal(used)).toBe('payments/cap-used')
})

test('strangers with invented money are looked up seldom: each of them, and all together', async () => {
  const pair = await createPair({ chain: { expiry: 0 } })
  let looks = 0
  const { chain } = pair
  const channels: ChannelsView = {
    contract: chain.contract,
    withdrawDelay: chain.withdrawDelay,
    readLane() {
      looks += 1
      return chain.readLane()
    },
  }
  let nowMs = Date.now()
  const payee = await createPayee({
    peerId: pair.to.payeePeerId,
    channels,
    store: new MemoryLedgers(),
    nowMs: () => nowMs,
  })
  const ask = (index: number, clientPeerId = pair.job.clientPeerId) => {
    const channelId = `0x${index.toString(16).padStart(64, '0')}` as const
    const funds = { ...pair.funds, channelId }
    return payee.openJob({ ...pair.job, clientPeerId, funds, voucher: null }).then(
      () => 'opened',
      (error) => error.code,
    )
  }
  for (let again = 0; again < 30; again += 1) expect(await ask(1)).toBe('payments/no-funds')
  expect(looks).toBe(1)
  const codes = []
  for (let index = 2; index < 30; index += 1) codes.push(await ask(index))
  expect(looks).toBe(8)
  expect(codes.at(-1)).toBe('payments/too-many-looks')
  for (let peer = 0; peer < 40; peer += 1) {
    const clientPeerId = peerIdFromPrivateKey(createPrivateKey())
    for (let index = 0; index < 4; index += 1) await ask(1_000 + 10 * peer + index, clientPeerId)
  }
  expect(looks).toBe(120)
  nowMs += 60_000
  // Its deposit was confirmed meanwhile.
  chain.state = { ...chain.state, expiry: Math.floor(nowMs / 1000) + 3_600 }
  expect(await ask(1)).toBe('opened')
})

test('a debt that is paid later is forgiven', async () => {
  const pair = await createPair()
  const job = await startJob(pair)
  await job.paid.ready()
  job.paid.delivered(40)
  await job.paid.close()
  const owed = job.paid.costWei
  expect(pair.payee.earnings()[0]?.lostWei).toBe(owed)
  // The last of it had arrived, only its voucher was lost with the line.
  await job.bill.received(40)
  await startJob(pair)
  expect(pair.payee.earnings()[0]).toMatchObject({
    lostWei: 0n,
    voucher: { maxClaimableWei: owed },
  })
})

test('a long prompt is not read on credit', async () => {
  const pair = await createPair()
  const { payer, payee, job, to } = pair
  const inputTokens = 100_000
  const paid = await payee.openJob({ ...job, voucher: null })
  const { maxUnpaidWei } = paid
  const bill = await payer
    .lane(to)
    .begin({ ...job, inputTokens, maxOutputTokens: 10, maxUnpaidWei })
  paid.start(inputTokens)
  await expect(paid.ready()).rejects.toMatchObject({ code: 'payments/unpaid' })
  const voucher = await bill.start()
  if (!voucher) throw new Error('A long prompt is paid at once.')
  await paid.take(voucher)
  await paid.ready()
})

test('vouchers of another key, node, model, chain, contract or channel are refused', async () => {
  const pair = await createPair()
  const { funds, job, to, payee } = pair
  const strangers: [Partial<Funds>, Partial<Pair['to']>, Uint8Array?][] = [
    [{ chainId: 1 }, {}],
    [{ contract: `0x${'c1'.repeat(20)}` }, {}],
    [{ channelId: `0x${'08'.repeat(32)}` }, {}],
    [{}, { payeePeerId: peerIdFromPrivateKey(createPrivateKey()) }],
    [{}, { modelCid: otherModelCid }],
    [{}, {}, createPrivateKey()],
  ]
  for (const [fundsOf, toOf, privateKey = pair.keys.payer] of strangers) {
    const payer = await pair.openPayer({ funds: { ...funds, ...fundsOf }, privateKey })
    const lane = payer.lane({ ...to, ...toOf })
    const bill = await lane.begin({ ...job, inputTokens: 1, maxOutputTokens: 9, maxUnpaidWei: 0n })
    const voucher = await bill.received(9)
    await expect(payee.openJob({ ...job, voucher })).rejects.toMatchObject({
      code: 'payments/voucher',
    })
  }
  expect(payee.earnings()[0]?.voucher ?? null).toBeNull()
})

test('an old voucher pays nothing again, and a flood of them ends the job', async () => {
  const pair = await createPair()
  const { lane, paid, bill } = await startJob(pair)
  paid.delivered(64)
  const voucher = await bill.received(64)
  if (!voucher) throw new Error('It is due.')
  await paid.take(voucher)
  const before = pair.payee.earnings()[0]
  await paid.take(voucher)
  expect(pair.payee.earnings()[0]).toEqual(before)
  const flood = async () => {
    for (;;) await paid.take(voucher)
  }
  await expect(flood()).rejects.toMatchObject({ code: 'payments/voucher' })
  expect(lane.commitment.promisedWei).toBe(voucher.maxClaimableWei)
})

test('a voucher over the cap is not believed, and kept: it convicts its signer', async () => {
  const pair = await createPair({ chain: { capWei: tokens(500), committedWei: tokens(300) } })
  // A dishonest payer does not keep to what the chain says.
  const limit = { ...pair.limit, capWei: tokens(10_000) }
  const payer = await pair.openPayer({ limit })
  const job = await startJob({ ...pair, payer }, { maxOutputTokens: 400 })
  await expect(job.stream(400)).rejects.toMatchObject({ code: 'payments/over-promised' })
  const [earning] = pair.payee.earnings()
  expect(earning?.voucher?.maxClaimableWei).toBeLessThanOrEqual(tokens(200))
  expect(earning?.evidence?.maxClaimableWei).toBeGreaterThan(tokens(200))
})

test('lanes of one spender share its cap', async () => {
  const pair = await createPair({ chain: { capWei: tokens(300) } })
  const other = { modelCid: otherModelCid }
  const limit = { ...pair.limit, capWei: tokens(10_000) }
  const payer = await pair.openPayer({ limit })
  await (await startJob({ ...pair, payer }, { maxOutputTokens: 200 })).stream(200)
  const second = { job: { ...pair.job, ...other }, to: { ...pair.to, ...other } }
  const job = await startJob({ ...pair, ...second, payer }, { maxOutputTokens: 200 })
  await expect(job.stream(200)).rejects.toMatchObject({ code: 'payments/over-promised' })
})

test('what is reserved for a lane is payable whatever was promised to others', async () => {
  const pair = await createPair({ chain: { capWei: tokens(300) }, policy: { chainMaxAgeMs: 0 } })
  const limit = { ...pair.limit, capWei: tokens(10_000) }
  const payer = await pair.openPayer({ limit })
  await (await startJob({ ...pair, payer }, { maxOutputTokens: 250 })).stream(250)
  // Another node redeems, and what is left is reserved for this one, for another model.
  pair.chain.state = { ...pair.chain.state, committedWei: tokens(300), reservedWei: tokens(100) }
  const other = { modelCid: otherModelCid }
  const reserved = { job: { ...pair.job, ...other }, to: { ...pair.to, ...other } }
  const job = await startJob({ ...pair, ...reserved, payer }, { maxOutputTokens: 90 })
  await job.stream(90)
  await job.hand(await job.bill.finish(90))
  expect(await job.paid.settled()).toBe(true)
})

test('a payer that revokes, or is convicted, gets nothing more', async () => {
  for (const change of [{ expiry: 1 }, { isDisputed: true }]) {
    const pair = await createPair({ policy: { chainMaxAgeMs: 0 } })
    const job = await startJob(pair)
    await job.stream(10)
    pair.chain.state = { ...pair.chain.state, ...change }
    await new Promise((resolve) => setTimeout(resolve, 2))
    await expect(job.stream(20, 10)).rejects.toMatchObject({ code: 'payments/funds-ended' })
    expect(await refusal(pair)).toBe('payments/funds-ended')
  }
})

test('money that the chain does not know of, and another contract, are refused', async () => {
  const pair = await createPair({ chain: { expiry: 0 } })
  expect(await refusal(pair)).toBe('payments/no-funds')
  const elsewhere = { ...pair.funds, chainId: 1 }
  expect(await refusal(pair, { funds: elsewhere })).toBe('payments/wrong-contract')
  expect(pair.payee.earnings()).toEqual([])
})

test('too much that is promised and not redeemed stops the jobs of its spender until it is', async () => {
  const pair = await createPair({ policy: { maxUnredeemedWei: tokens(100), chainMaxAgeMs: 0 } })
  const job = await startJob(pair)
  await expect(job.stream(300)).rejects.toMatchObject({ code: 'payments/redeems-first' })
  const [batch] = pair.payee.plan({ ...pair.job.policy, redeemLaneFromWei: 1n })
  expect(batch).toMatchObject({ isUrgent: true, wei: job.lane.commitment.promisedWei })
  const paidWei = job.lane.commitment.promisedWei
  pair.chain.state = { ...pair.chain.state, paidWei, committedWei: paidWei }
  await pair.payee.refresh()
  expect(pair.payee.plan(pair.job.policy)).toEqual([])
  expect(await refusal(pair)).toBeUndefined()
})
