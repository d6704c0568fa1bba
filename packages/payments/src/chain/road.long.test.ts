import {
  addressFromPeerId,
  costWei,
  createPrivateKey,
  type Funds,
  type Hex,
  peerIdFromPrivateKey,
} from '@weft/protocol'
import { parseEther, toHex } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { creditPolicyFor } from '../payee/credit-policy.ts'
import { createPayee, type Payee, type RedeemInit } from '../payee/payee.ts'
import type { Commitment } from '../payer/cap.ts'
import { createPayer } from '../payer/payer.ts'
import { type DevelopmentChain, startDevelopmentChain } from '../testing/development-chain.ts'
import { MemoryLedgers } from '../testing/memory-ledgers.ts'
import { startJob, testPrice } from '../testing/pair.ts'
import { channelIdOf } from './channels-reader.ts'
import type { Redemption } from './channels-wallet.ts'

const modelCid = 'bafyreigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi'
const salt = toHex(0, { size: 32 })
const capWei = parseEther('10')
const policy = {
  ...creditPolicyFor(testPrice),
  redeemBatchFromWei: 1n,
  redeemLaneFromWei: 1n,
  chainMaxAgeMs: 0,
}

let chain: DevelopmentChain

beforeAll(async () => {
  chain = await startDevelopmentChain()
})
afterAll(() => chain.stop())

async function inAnHour(): Promise<number> {
  const { timestamp } = await chain.reader.getBlock()
  return Number(timestamp) + 3_600
}

/** A person who has let a tab spend. */
async function openTab({ cap = capWei } = {}) {
  const privateKey = createPrivateKey()
  const signer = addressFromPeerId(peerIdFromPrivateKey(privateKey))
  const wallet = await chain.createWallet()
  await wallet.open({ salt, signer, capWei: cap, expiry: await inAnHour() })
  const channelId = channelIdOf(wallet.address, salt)
  const funds: Funds = { ...chain.channels.contract, channelId, grant: null }
  const limit = await chain.channels.readCollateral({ channelId, signer })
  const payer = await createPayer({ privateKey, funds, limit, store: new MemoryLedgers() })
  return { privateKey, signer, wallet, channelId, funds, payer }
}

async function openNode() {
  const peerId = peerIdFromPrivateKey(createPrivateKey())
  const payee = await createPayee({ peerId, channels: chain.channels, store: new MemoryLedgers() })
  return { peerId, payee }
}

type Tab = Pick<Awaited<ReturnType<typeof openTab>>, 'privateKey' | 'funds' | 'payer'>

function jobBetween(
  { privateKey, funds, payer }: Tab,
  { peerId, payee }: Awaited<ReturnType<typeof openNode>>,
) {
  const clientPeerId = peerIdFromPrivateKey(privateKey)
  const job = { clientPeerId, modelCid, funds, price: testPrice, policy }
  return startJob(
    { payer, payee, job, to: { payeePeerId: peerId, modelCid } },
    { inputTokens: 21, maxOutputTokens: 400 },
  )
}

async function redeem(payee: Payee) {
  const sender = await chain.createWallet({ tokens: 0n })
  const redeemed: Redemption[] = []
  const send: RedeemInit['send'] = async (call) => {
    redeemed.push((await sender.redeem(call)).redemption)
  }
  await payee.redeem({ policy, send })
  return redeemed
}

const depositOf = async (address: Hex) => (await chain.channels.readAccount(address)).depositWei
const cost = (outputTokens: number) => costWei(testPrice, { inputTokens: 21, outputTokens })

test('twenty jobs at two nodes, one lost in the middle: what is paid on chain is what was delivered, to the wei', async () => {
  const tab = await openTab()
  const [first, second] = [await openNode(), await openNode()]
  const delivered = new Map([
    [first, 0n],
    [second, 0n],
  ])
  for (let index = 0; index < 20; index += 1) {
    const node = index % 2 === 0 ? first : second
    const job = await jobBetween(tab, node)
    const tokens = 5 + 7 * index
    const isLost = index === 6
    await job.stream(tokens)
    if (isLost) {
      // The line breaks before the last voucher; another node goes on at the next token.
      await job.bill.abandon()
      const rest = await jobBetween(tab, second)
      await rest.stream(30)
      await rest.hand(await rest.bill.finish(30))
      await rest.paid.close()
      delivered.set(second, (delivered.get(second) ?? 0n) + cost(30))
    } else {
      await job.hand(await job.bill.finish(tokens))
      expect(await job.paid.settled()).toBe(true)
    }
    await job.paid.close()
    delivered.set(node, (delivered.get(node) ?? 0n) + cost(tokens))
  }
  let total = 0n
  for (const [node, wei] of delivered) {
    const [redeemed, ...more] = await redeem(node.payee)
    expect(more).toEqual([])
    expect(redeemed?.totalWei).toBe(wei)
    // 8 % for the pools, rounded down; the model has no publisher.
    expect(await depositOf(node.payee.address)).toBe(wei - (wei * 800n) / 10_000n)
    expect(node.payee.plan(policy)).toEqual([])
    expect(node.payee.earnings()).toMatchObject([{ chain: { paidWei: wei }, lostWei: 0n }])
    total += wei
  }
  const { channelId, signer, payer } = tab
  expect(await chain.channels.readCollateral({ channelId, signer })).toMatchObject({
    committedWei: total,
  })
  expect(payer.spending().promisedWei).toBe(total)
})

test('one signature of a wallet without ether opens a channel that somebody else pays the gas for', async () => {
  const payer = await chain.createWallet({ ether: 0n })
  const sponsor = await chain.createWallet({ tokens: 0n })
  const { address: signer } = await chain.createWallet({ tokens: 0n, ether: 0n })
  const expiry = await inAnHour()
  await sponsor.openFor(await payer.signOpening({ salt, signer, capWei, expiry }))
  const channelId = channelIdOf(payer.address, salt)
  const collateral = await chain.channels.readCollateral({ channelId, signer })
  const bondWei = capWei / 10n
  const free = { committedWei: 0n, isDisputed: false, bondWei }
  expect(collateral).toMatchObject({ capWei, expiry, ...free })
})

test('a visitor spends what an app has granted, and the node redeems it to the wei', async () => {
  const app = await openTab()
  const privateKey = createPrivateKey()
  const grantee = addressFromPeerId(peerIdFromPrivateKey(privateKey))
  const limit = { capWei: cost(500), expiry: await inAnHour(), committedWei: 0n }
  const grant = await app.payer.grant({ grantee, ...limit })
  const funds = { ...app.funds, grant }
  const payer = await createPayer({ privateKey, funds, limit, store: new MemoryLedgers() })
  const node = await openNode()
  const job = await jobBetween({ privateKey, funds, payer }, node)
  await job.stream(300)
  await job.hand(await job.bill.finish(300))
  await job.paid.close()
  expect(await redeem(node.payee)).toMatchObject([{ totalWei: cost(300) }])
  expect(node.payee.earnings()).toMatchObject([{ chain: { grantedWei: cost(300) } }])
})

test('a wallet reserves, deposits, rotates, revokes, and gets back what was not spent when its time has come', async () => {
  const { wallet, channelId, signer, payer } = await openTab()
  const node = await openNode()
  const to = { payeePeerId: node.peerId, modelCid }
  const { payee, model } = payer.lane(to).lane
  await wallet.reserve({ salt, signer, payee, model }, cost(100))
  await payer.lane(to).reserve(cost(100))
  const lane = await chain.channels.readLane(payer.lane(to).lane, { grant: null })
  expect(lane).toMatchObject({ reservedWei: cost(100), committedWei: cost(100) })

  await wallet.deposit(parseEther('11'))
  await wallet.approve(parseEther('11'))
  await wallet.deposit(parseEther('11'), { isApproved: true })
  await wallet.authorize({ salt, signer, capWei, expiry: await inAnHour() })
  const next = addressFromPeerId(peerIdFromPrivateKey(createPrivateKey()))
  await wallet.rotate({ salt, signer }, { salt, signer: next, capWei, expiry: await inAnHour() })
  await wallet.revoke({ salt, signer: next })
  const { availableAt, expiry } = await chain.channels.readCollateral({ channelId, signer })
  expect(expiry).toBeLessThan(await inAnHour())
  await expect(wallet.release({ salt, signer })).rejects.toMatchObject({
    code: 'payments/refused',
    message: expect.stringContaining('locked until'),
  })
  await chain.control.setNextBlockTimestamp({ timestamp: BigInt(availableAt) + 10n })
  await chain.control.mine({ blocks: 1 })
  await wallet.release({ salt, signer }, [{ payee, model }])
  await wallet.release({ salt, signer: next })
  const released = await chain.channels.readCollateral({ channelId, signer: next })
  expect(released).toMatchObject({ capWei: 0n, bondWei: 0n })
  const { depositWei } = await chain.channels.readAccount(wallet.address)
  expect(await chain.channels.readPoolsBps()).toBe(800)
  expect(depositWei).toBe(parseEther('33'))
  await wallet.withdraw(wallet.address, depositWei)
  const after = await chain.channels.readAccount(wallet.address)
  expect([after.walletWei, after.depositWei]).toEqual([parseEther('100'), 0n])
})

test('a payer that promises one cap to two nodes is convicted by the second, whose loss is bounded and made good by half the bond', async () => {
  const tab = await openTab({ cap: cost(400) })
  const [first, second] = [await openNode(), await openNode()]
  const limit = { capWei: cost(400), expiry: await inAnHour(), committedWei: 0n }
  for (const node of [first, second]) {
    // It keeps a separate account for each.
    const store = new MemoryLedgers<Commitment>()
    const payer = await createPayer({ privateKey: tab.privateKey, funds: tab.funds, limit, store })
    const job = await jobBetween({ ...tab, payer }, node)
    await job.stream(380)
    await job.hand(await job.bill.finish(380))
    await job.paid.close()
  }
  expect(await redeem(first.payee)).toMatchObject([{ totalWei: cost(380) }])
  await second.payee.refresh()
  const [overPromise] = second.payee.overPromises()
  const [promise] = overPromise?.promises ?? []
  if (!overPromise || !promise) throw new Error('The node has no proof.')
  const sender = await chain.createWallet({ tokens: 0n })
  await sender.proveOverPromise(overPromise)
  const [rest] = await redeem(second.payee)
  expect(rest?.totalWei).toBe(cost(400) - cost(380))
  expect(second.payee.overPromises()).toEqual([])

  const { channelId, signer } = tab
  const convicted = await chain.channels.readCollateral({ channelId, signer })
  expect(convicted).toMatchObject({ bondWei: 0n, isDisputed: true })
  const { expiry, availableAt } = convicted
  const { withdrawDelay } = chain.channels
  const pass = async (timestamp: number) => {
    await chain.control.setNextBlockTimestamp({ timestamp: BigInt(timestamp) })
    await chain.control.mine({ blocks: 1 })
  }
  await pass(expiry + withdrawDelay + 60)
  await sender.claimLoss({ channelId, signer, promise })
  await pass(availableAt + 60)
  const before = await depositOf(second.payee.address)
  const { payee, model } = promise
  await sender.collectLoss({ channelId, signer, payee, model })
  const made = (await depositOf(second.payee.address)) - before
  expect(made).toBe(cost(400) / 10n / 2n)
})
