/**
 * The whole road with a chain at its end: what nodes redeem is what they delivered, to the wei.
 */
import { channelIdOf } from '@weft/payments/chain'
import { startDevelopmentChain } from '@weft/payments/testing'
import { addressFromPeerId, costWei, peerIdFromPrivateKey, WeftError } from '@weft/protocol'
import { afterAll, expect, test } from 'vitest'
import type { ServeInit } from './serve.ts'
import type { GenerateEvent } from './tab.ts'
import { openPaidRoad } from './testing/paid-stage.ts'

const chain = await startDevelopmentChain()
const { channels } = chain
const salt = `0x${'00'.repeat(32)}` as const
const capWei = 10n ** 19n

const road = await openPaidRoad(async (privateKey) => {
  const signer = addressFromPeerId(peerIdFromPrivateKey(privateKey))
  const wallet = await chain.createWallet()
  const { timestamp } = await chain.reader.getBlock()
  await wallet.open({ salt, signer, capWei, expiry: Number(timestamp) + 3_600 })
  const channelId = channelIdOf(wallet.address, salt)
  const funds = { ...channels.contract, channelId, grant: null }
  return { channels, funds, limit: await channels.readCollateral({ channelId, signer }) }
})

const isDelta = ({ type }: GenerateEvent) => type === 'delta'

afterAll(async () => {
  await road.close()
  await chain.stop()
})

test('eight answers by two nodes, one lost in the middle and one cancelled: every balance on chain is the tokens delivered, to the wei', {
  timeout: 90_000,
}, async () => {
  let isFailing = false
  const engine: ServeInit['engine'] = {
    measurePrompt: road.engine.measurePrompt,
    async *generate(init, options) {
      for await (const part of road.engine.generate(init, options)) {
        if (isFailing && part.type === 'delta' && part.index >= 21) {
          isFailing = false
          throw new WeftError('engine/device-lost', 'The GPU was lost.')
        }
        yield part
      }
    },
  }
  const policy = { redeemBatchFromWei: 1n, redeemLaneFromWei: 1n }
  const nodes = [await road.openNode({ engine, policy }), await road.openNode({ engine, policy })]
  const delivered = new Map(nodes.map(({ network }) => [network.peerId, 0n]))
  let handovers = 0
  for (let job = 0; job < 8; job += 1) {
    isFailing = job === 3
    const stop = new AbortController()
    const events: GenerateEvent[] = []
    const asking = road.ask({}, { signal: stop.signal, events })
    if (job === 5) {
      await expect
        .poll(() => events.filter(isDelta).length, { interval: 5, timeout: 10_000 })
        .toBeGreaterThan(4)
      stop.abort()
    }
    const { answer } = await asking
    handovers += answer.handovers.length
    const { bills, tokens } = answer
    for (const { peerId, price, ...bill } of bills) {
      // Whoever said nothing is owed nothing.
      const wei = bill.outputTokens > 0 ? costWei(price, bill) : 0n
      expect(bill.costWei).toBe(wei)
      delivered.set(peerId, (delivered.get(peerId) ?? 0n) + wei)
    }
    expect(bills.reduce((sum, { outputTokens }) => sum + outputTokens, 0)).toBe(tokens.length)
  }
  expect(handovers).toBeGreaterThan(0)

  let totalWei = 0n
  for (const node of nodes) {
    const wei = delivered.get(node.network.peerId) ?? 0n
    await expect.poll(node.promisedWei, { timeout: 10_000 }).toBe(wei)
    const sender = await chain.createWallet({ tokens: 0n })
    await node.payee.redeem({ policy: node.policy, send: (call) => sender.redeem(call) })
    const { depositWei } = await channels.readAccount(node.payee.address)
    // 8 % for the pools, rounded down; the model has no publisher.
    expect(depositWei).toBe(wei - (wei * 800n) / 10_000n)
    expect(wei).toBeGreaterThan(0n)
    expect(node.payee.earnings()).toMatchObject([{ chain: { paidWei: wei } }])
    totalWei += wei
  }
  const { channelId } = road.payer.funds
  const { committedWei } = await channels.readCollateral({
    channelId,
    signer: road.payer.address,
  })
  expect(committedWei).toBe(totalWei)
  expect(road.payer.spending().promisedWei).toBe(totalWei)
})
