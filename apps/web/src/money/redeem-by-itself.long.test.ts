import { createPayee, createPayer, creditPolicyFor } from '@weft/payments'
import { accountOfKey, channelIdOf, sendCoins } from '@weft/payments/chain'
import { type DevelopmentChain, MemoryLedgers, startDevelopmentChain } from '@weft/payments/testing'
import {
  addressFromPeerId,
  costWei,
  createPrivateKey,
  type Hex,
  type Price,
  peerIdFromPrivateKey,
} from '@weft/protocol'
import { parseEther } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createRedeeming } from './redeem-by-itself.ts'

const modelCid = 'bafyreigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi'
const price: Price = { inputWeiPerMillion: 10n ** 18n, outputWeiPerMillion: 10n ** 18n }
const policy = creditPolicyFor(price)
const salt: Hex = `0x${'00'.repeat(32)}`

let chain: DevelopmentChain
beforeAll(async () => {
  chain = await startDevelopmentChain()
})
afterAll(() => chain.stop())

/** A node that was promised what a prompt of 1000 tokens costs. */
async function openPaidNode() {
  const [payerKey, nodeKey] = [createPrivateKey(), createPrivateKey()]
  const [clientPeerId, peerId] = [payerKey, nodeKey].map(peerIdFromPrivateKey) as [string, string]
  const signer = addressFromPeerId(clientPeerId)
  const wallet = await chain.createWallet()
  const { timestamp } = await chain.reader.getBlock()
  const expiry = Number(timestamp) + 3_600
  const limit = { capWei: parseEther('1'), expiry, committedWei: 0n }
  await wallet.open({ salt, signer, ...limit })
  const channelId = channelIdOf(wallet.address, salt)
  const funds = { ...chain.channels.contract, channelId, grant: null }
  const store = () => new MemoryLedgers<never>()
  const payer = await createPayer({ privateKey: payerKey, funds, limit, store: store() })
  const payee = await createPayee({ peerId, channels: chain.channels, store: store() })
  const lane = payer.lane({ payeePeerId: peerId, modelCid })
  const voucher = await lane.open()
  const job = await payee.openJob({ clientPeerId, modelCid, funds, voucher, price, policy })
  const { maxUnpaidWei } = job
  const bill = await lane.begin({ price, inputTokens: 1_000, maxOutputTokens: 1, maxUnpaidWei })
  job.start(1_000)
  const promise = await bill.start()
  if (promise) await job.take(promise)
  await job.close()
  return { payee, account: accountOfKey(nodeKey), wallet }
}

test('what is worth it is redeemed by the key itself, as soon as it has coins enough; a chain that is gone is asked again later', async () => {
  const { payee, account, wallet } = await openPaidNode()
  const promisedWei = costWei(price, { inputTokens: 1_000, outputTokens: 0 })
  let fromWei = promisedWei
  let nowMs = Date.now()
  const worth = () => ({ ...policy, redeemBatchFromWei: fromWei, redeemLaneFromWei: 1n })
  const redeeming = createRedeeming({
    purse: {
      address: payee.address,
      refresh: (options) => payee.refresh(options),
      redemptions: () => payee.plan(worth()),
      redeem: (send, options) => payee.redeem({ policy: worth(), send }, options),
    },
    reader: chain.channels,
    clients: async () => chain.clientsOf(account),
    worth: () => ({ price, fromWei }),
    nowMs: () => nowMs,
  })
  const earnedWei = async () => (await chain.channels.readAccount(payee.address)).depositWei

  const send = (wei: bigint) => sendCoins(wallet.clients, { to: account.address, wei })
  const state = () => redeeming.state.get()

  await redeeming.look()
  expect(state()).toMatchObject({ gasWei: 0n, error: null })
  expect(state().feeWei).toBeGreaterThan(0n)
  expect(await earnedWei()).toBe(0n)

  await send(1n)
  await redeeming.look()
  expect(state()).toMatchObject({ gasWei: 1n, error: { code: 'payments/no-gas' } })
  nowMs += 700_000
  fromWei = promisedWei + 1n
  await redeeming.look()
  expect(state()).toMatchObject({ gasWei: 1n, error: null })
  fromWei = promisedWei
  await redeeming.look()
  expect(state()).toMatchObject({ error: { code: 'payments/no-gas' } })

  await send(parseEther('0.05'))
  await redeeming.look()
  expect(await earnedWei()).toBe(0n)
  await redeeming.lookAgain()
  expect(state().error).toBeNull()
  expect(state().gasWei).toBeLessThan(parseEther('0.05'))
  // 8 % for the pools; the model has no publisher.
  expect(await earnedWei()).toBe(promisedWei - (promisedWei * 8n) / 100n)
  expect(payee.earnings()[0]?.chain.paidWei).toBe(promisedWei)

  await chain.stop()
  await redeeming.look()
  expect(redeeming.state.get().error).toMatchObject({ code: 'payments/chain-lost' })
  const { error: before } = redeeming.state.get()
  await redeeming.look()
  expect(redeeming.state.get().error).toBe(before)
  nowMs += 700_000
  await redeeming.look()
  expect(redeeming.state.get().error).not.toBe(before)
})
