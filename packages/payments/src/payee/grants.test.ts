import {
  addressFromPeerId,
  costWei,
  createPrivateKey,
  type Funds,
  type Grant,
  peerIdFromPrivateKey,
  signHash,
} from '@weft/protocol'
import { expect, test, vi } from 'vitest'
import { createPair, type Pair, startJob, testPrice } from '../testing/pair.ts'
import { hashGrant } from '../typed-hashes.ts'

const tokens = (outputTokens: number) => costWei(testPrice, { inputTokens: 0, outputTokens })

/** @returns what makes another visitor of one app */
function visitorsOf(pair: Pair) {
  const sponsor = createPrivateKey()
  const signer = addressFromPeerId(peerIdFromPrivateKey(sponsor))
  return async () => {
    const privateKey = createPrivateKey()
    const clientPeerId = peerIdFromPrivateKey(privateKey)
    const grant = { signer, capWei: tokens(900), expiry: pair.chain.state.expiry }
    const grantee = addressFromPeerId(clientPeerId)
    const signature = signHash(hashGrant(pair.funds, { ...grant, grantee }), sponsor)
    const funds = { ...pair.funds, grant: { ...grant, signature } }
    const payer = await pair.openPayer({ privateKey, funds })
    return { ...pair, payer, job: { ...pair.job, clientPeerId, funds } }
  }
}

test('a grant pays up to its cap, for the key that it names, as long as it lasts', async () => {
  const pair = await createPair()
  const sponsor = createPrivateKey()
  const signer = addressFromPeerId(peerIdFromPrivateKey(sponsor))
  const { expiry } = pair.chain.state
  const granted = (grantee: Funds['contract'], change: Partial<Grant> = {}): Funds => {
    const grant = { signer, capWei: tokens(100), expiry, ...change }
    const signature = signHash(hashGrant(pair.funds, { ...grant, grantee }), sponsor)
    return { ...pair.funds, grant: { ...grant, signature } }
  }
  const funds = granted(pair.payer.address)
  const job = await startJob({ ...pair, job: { ...pair.job, funds } })
  await expect(job.stream(300)).rejects.toMatchObject({ code: 'payments/over-promised' })
  expect(job.lane.commitment.promisedWei).toBeGreaterThan(tokens(60))

  const voucher = null
  const stolen = granted(pair.payee.address)
  await expect(pair.payee.openJob({ ...pair.job, voucher, funds: stolen })).rejects.toMatchObject({
    code: 'payments/grant',
  })
  const over = granted(pair.payer.address, { expiry: 1 })
  await expect(pair.payee.openJob({ ...pair.job, voucher, funds: over })).rejects.toMatchObject({
    code: 'payments/funds-ended',
  })
})

test('a bad voucher of one visitor costs neither the app nor its other visitors anything', async () => {
  const pair = await createPair()
  const visit = visitorsOf(pair)
  const hostile = await visit()
  const voucher = { maxClaimableWei: 10n ** 17n, signature: new Uint8Array(64) }
  await expect(pair.payee.openJob({ ...hostile.job, voucher })).rejects.toMatchObject({
    code: 'payments/voucher',
  })
  expect(pair.payee.earnings()).toEqual([])
  const paid = await pair.payee.openJob({ ...hostile.job, voucher: null })
  paid.start(1)
  paid.delivered(64)
  await paid.close()
  await expect(pair.payee.openJob({ ...hostile.job, voucher: null })).rejects.toMatchObject({
    code: 'payments/owes',
  })
  await (await startJob(await visit())).stream(100)
})

test('visitors of an app that pays nothing take eight windows at most, and one more for each that it pays', async () => {
  const pair = await createPair({ policy: { unpaidMs: 1 } })
  const sponsor = createPrivateKey()
  const signer = addressFromPeerId(peerIdFromPrivateKey(sponsor))
  const { maxLostWei, maxUnpaidWei } = pair.job.policy
  const takeAway = async () => {
    const clientPeerId = peerIdFromPrivateKey(createPrivateKey())
    const grantee = addressFromPeerId(clientPeerId)
    const grant = { signer, capWei: tokens(900), expiry: pair.chain.state.expiry }
    const signature = signHash(hashGrant(pair.funds, { ...grant, grantee }), sponsor)
    const funds = { ...pair.funds, grant: { ...grant, signature } }
    const paid = await pair.payee.openJob({ ...pair.job, clientPeerId, funds, voucher: null })
    paid.start(1)
    paid.delivered(64)
    await paid.close()
  }
  let visits = 0
  const untilRefused = async () => {
    for (; visits < 20; visits += 1) await takeAway()
  }
  await expect(untilRefused()).rejects.toMatchObject({ code: 'payments/owes' })
  expect(visits).toBe(8)
  expect(pair.payee.totals().lostWei).toBeLessThanOrEqual(maxLostWei + maxUnpaidWei)
})

test('visitors that are invented by the hundred get no accounts beyond 500, and their wei hold up no redemption', async () => {
  const pair = await createPair()
  const visit = visitorsOf(pair)
  const known = await visit()
  const job = await startJob(known)
  await job.stream(100)
  await job.paid.close()
  await pair.payee.settle()
  const [earning] = pair.payee.earnings()
  if (!earning?.voucher) throw new Error('It was paid.')
  const { address, contract } = pair.payee
  const { chainId, contract: at } = contract
  const ledger = await pair.stores.payee.open(`payee/${chainId}/${at}/${address}`)
  const voucher = { ...earning.voucher, maxClaimableWei: 1n }
  for (let made = 1; made < 500; made += 1) {
    const id = `0x${made.toString(16).padStart(64, '0')}` as const
    const lane = { ...earning.lane, model: id }
    await ledger.put({ ...earning, id, lane, voucher, deliveredWei: 1n, lostWei: 0n })
  }
  const payee = await pair.openPayee()
  expect(payee.earnings()).toHaveLength(500)
  const one = await visit()
  await expect(payee.openJob({ ...one.job, voucher: null })).rejects.toMatchObject({
    code: 'payments/too-many-lanes',
  })
  await (await startJob({ ...known, payee })).stream(40)
  await (await startJob({ ...pair, payee })).stream(40)

  const looks = vi.spyOn(pair.chain, 'readLane')
  const policy = { ...pair.job.policy, redeemLaneFromWei: tokens(90), redeemBatchFromWei: 1n }
  const send = vi.fn(async () => {})
  expect(await payee.redeem({ policy, send })).toHaveLength(1)
  // Before and after.
  expect(looks).toHaveBeenCalledTimes(2)
})
