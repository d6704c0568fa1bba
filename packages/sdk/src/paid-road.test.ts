/**
 * Answers for money over real streams: what vouchers promise is what was delivered, to the wei, and whoever
 * cheats gains no more than one side lets the other owe.
 */
import type { NodeNetwork } from '@weft/network/testing'
import { ChainInMemory } from '@weft/payments/testing'
import { freePrice, signReceipt, type Voucher, WeftError } from '@weft/protocol'
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import type { ServeInit } from './serve.ts'
import type { GenerateEvent } from './tab.ts'
import { paying } from './testing/hostile/tampering.ts'
import { openPaidRoad, paidPrice, paidTokens } from './testing/paid-stage.ts'

vi.setConfig({ testTimeout: 30_000 })

const patient = { timeout: 10_000 }
const road = await openPaidRoad()
const { ask, engine, openNode } = road
afterEach(() => road.stopNodes())
afterAll(() => road.close())

const promisedTo = (node: NodeNetwork) => road.commitmentTo(node)?.promisedWei ?? 0n

/** Fails at `atToken`, as when a GPU is lost. */
const failing = (atToken: number): ServeInit['engine'] => ({
  measurePrompt: engine.measurePrompt,
  async *generate(init, options) {
    for await (const part of engine.generate(init, options)) {
      if (part.type === 'delta' && part.index >= atToken) {
        throw new WeftError('engine/device-lost', 'The GPU was lost.')
      }
      yield part
    }
  },
})

describe('an answer for money', () => {
  test('receipt, bill, voucher and what was promised are one amount; so it is after a reload of both', async () => {
    const node = await openNode()
    const { answer } = await ask()
    const { inputTokens = 0 } = answer.quote ?? {}
    const cost = paidTokens(answer.tokens.length, inputTokens)
    expect(answer.receipt?.costWei).toBe(cost)
    expect(answer.bills).toEqual([
      {
        peerId: node.network.peerId,
        price: paidPrice,
        inputTokens,
        outputTokens: answer.tokens.length,
        costWei: cost,
      },
    ])
    await expect.poll(node.promisedWei, patient).toBe(cost)
    expect(promisedTo(node)).toBe(cost)
    await Promise.all([node.reopen(), road.reopenPayer()])
    const { answer: second } = await ask()
    const both = cost + (second.receipt?.costWei ?? 0n)
    await expect.poll(node.promisedWei, patient).toBe(both)
    expect(promisedTo(node)).toBe(both)
    expect(node.payee.earnings()).toMatchObject([{ deliveredWei: both, lostWei: 0n }])
  })

  test('of a quorum each is paid for its own tokens, also who is lost on the way', async () => {
    const nodes = [await openNode(), await openNode({ engine: failing(8) }), await openNode()]
    const { answer } = await ask({ grade: { quorum: 2 } })
    const witnesses = answer.quorum?.witnesses ?? []
    expect(witnesses).toMatchObject([{ partsAt: null, answer: { finishReason: 'length' } }])
    const bills = [answer, ...witnesses.map((witness) => witness.answer)].flatMap(
      (each) => each.bills,
    )
    expect(bills.length).toBeGreaterThanOrEqual(2)
    for (const node of nodes) {
      const owed = bills
        .filter(({ peerId }) => peerId === node.network.peerId)
        .reduce((sum, { costWei }) => sum + costWei, 0n)
      await expect.poll(node.promisedWei, patient).toBe(owed)
      expect(promisedTo(node)).toBe(owed)
    }
  })

  test('a node that answers for nothing asks for none, and is not told whose money there is', async () => {
    const node = await openNode({ price: freePrice })
    const payments: unknown[] = []
    const { handleJobs } = node.network
    node.network.handleJobs = (handler) =>
      handleJobs.call(node.network, (incoming) => {
        payments.push(incoming.payment)
        return handler(incoming)
      })
    await node.reopen()
    const { answer } = await ask()
    expect(answer).toMatchObject({
      finishReason: 'length',
      bills: [{ costWei: 0n }],
      quote: { payment: null },
    })
    expect(payments).toEqual([null])
    expect(node.payee.earnings()).toEqual([])
  })

  test('without a wallet only those are asked that answer for nothing', async () => {
    await openNode()
    await expect(ask({ payer: () => null })).rejects.toMatchObject({ code: 'sdk/too-dear' })
  })

  test('a long prompt is paid before it is read', async () => {
    const node = await openNode({ policy: { maxUnpaidWei: paidTokens(0, 4) } })
    const { answer } = await ask()
    await expect.poll(node.promisedWei, patient).toBe(answer.receipt?.costWei)
  })

  test('cancelled: what was delivered is paid', async () => {
    const node = await openNode()
    const stop = new AbortController()
    const asking = ask({}, { signal: stop.signal })
    await vi.waitFor(
      () => expect(node.payee.earnings()[0]?.deliveredWei).toBeGreaterThan(paidTokens(8)),
      { interval: 5, timeout: 10_000 },
    )
    stop.abort()
    const { answer } = await asking
    expect(answer.finishReason).toBe('cancelled')
    const cost = paidTokens(answer.tokens.length, answer.quote?.inputTokens)
    expect(answer.bills).toMatchObject([{ outputTokens: answer.tokens.length, costWei: cost }])
    await expect.poll(node.promisedWei, patient).toBe(cost)
  })

  test('cancelled before its prompt was paid for, and so before it was read: nobody owes anything', async () => {
    const node = await openNode({ policy: { maxUnpaidWei: paidTokens(0, 4), unpaidMs: 5_000 } })
    const stop = new AbortController()
    const network = paying(road.client.network, () => null)
    const asking = ask({ network }, { signal: stop.signal })
    const delivered = () => expect(node.payee.earnings()[0]?.deliveredWei).toBeGreaterThan(0n)
    await vi.waitFor(delivered, { interval: 5, timeout: 10_000 })
    stop.abort()
    const { answer } = await asking
    expect(answer).toMatchObject({ finishReason: 'cancelled', receipt: null, tokens: [] })
    await expect.poll(() => node.payee.earnings(), patient).toEqual([])
    expect(node.payee.totals().lostWei).toBe(0n)
  })

  test('lost in the middle: each node has a voucher for its own tokens, and both read the prompt', async () => {
    const lost = await openNode({ engine: failing(17), tokensPerSecond: 1e6 })
    const next = await openNode()
    const { answer } = await ask()
    const { inputTokens = 0 } = answer.quote ?? {}
    expect(answer.segments.map(({ startToken }) => startToken)).toEqual([0, 17])
    const [first, second] = [paidTokens(17, inputTokens), paidTokens(23, inputTokens)]
    expect(answer.bills).toMatchObject([{ costWei: first }, { costWei: second }])
    await expect.poll(lost.promisedWei, patient).toBe(first)
    await expect.poll(next.promisedWei, patient).toBe(second)
    expect(answer.receipt?.costWei).toBe(second)
    for (const { payee } of [lost, next]) expect(payee.earnings()).toMatchObject([{ lostWei: 0n }])
  })

  test('a node that fails before its first token is owed nothing', async () => {
    const lost = await openNode({ engine: failing(0), tokensPerSecond: 1e6 })
    await openNode()
    await ask()
    expect(promisedTo(lost)).toBe(0n)
    await expect.poll(() => lost.payee.earnings()[0]?.lostWei ?? 0n, patient).toBe(0n)
  })
})

describe('a client that', () => {
  /** Otherwise it would be trusted again, until it has lost as much as the policy forgives. */
  const few = { maxUnpaidWei: paidTokens(8), maxLostWei: 0n, unpaidMs: 300 }

  async function cheat(change: (voucher: Voucher) => Voucher | null) {
    const node = await openNode({ policy: few })
    const failure = await ask({ network: paying(road.client.network, change) }).catch(
      (error) => error,
    )
    await vi.waitFor(() => expect(node.payee.earnings()[0]?.lostWei).toBeGreaterThan(0n), patient)
    const { deliveredWei = 0n, lostWei = 0n } = node.payee.earnings()[0] ?? {}
    expect(lostWei).toBe(deliveredWei - node.promisedWei())
    return { node, failure, deliveredWei, lostWei }
  }

  test('stops paying gets no more tokens, and is told why', async () => {
    const { failure, lostWei } = await cheat(() => null)
    expect(failure).toMatchObject({ code: 'network/node-failed' })
    expect(failure.cause).toMatchObject({ code: 'payments/unpaid' })
    expect(lostWei).toBeLessThanOrEqual(few.maxUnpaidWei + paidTokens(1))
  })

  test('pays once, and again the same: a replay is worth nothing', async () => {
    let first: Voucher | undefined
    const { failure, node, lostWei } = await cheat((voucher) => {
      first ??= voucher
      return first
    })
    expect(failure.cause).toMatchObject({ code: 'payments/unpaid' })
    expect(node.promisedWei()).toBe(first?.maxClaimableWei)
    expect(lostWei).toBeLessThanOrEqual(few.maxUnpaidWei + paidTokens(1))
  })

  test('signs too little, or a sum that it did not sign, is told so at once', async () => {
    const { failure, node, lostWei } = await cheat(({ signature, maxClaimableWei }) => ({
      signature,
      maxClaimableWei: maxClaimableWei + 1n,
    }))
    expect(failure.cause).toMatchObject({ code: 'payments/voucher' })
    expect(node.promisedWei()).toBe(0n)
    expect(lostWei).toBeLessThanOrEqual(few.maxUnpaidWei + paidTokens(1))
  })

  test('is paid for on another chain is refused before anything is computed', async () => {
    const elsewhere = new ChainInMemory()
    Object.assign(elsewhere.contract, { chainId: 5 })
    await openNode({ channels: elsewhere })
    const failure = await ask().catch((error) => error)
    expect(failure.cause).toMatchObject({ code: 'payments/wrong-contract' })
  })

  test('has no money on the chain is told so', async () => {
    await openNode({ channels: new ChainInMemory({ expiry: 0 }) })
    await expect(ask()).rejects.toMatchObject({ code: 'payments/no-funds' })
  })
})

test('a node that claims more tokens than it sent is paid no more than it was promised before', async () => {
  const node = await openNode({ policy: { maxUnpaidWei: paidTokens(20) } })
  const { handleJobs } = node.network
  node.network.handleJobs = (handler) =>
    handleJobs.call(node.network, (incoming) => {
      const { finish } = incoming
      incoming.finish = ({ signature: _, ...receipt }) => {
        const more = { outputTokens: receipt.outputTokens + 1, costWei: 2n * receipt.costWei }
        return finish.call(incoming, signReceipt({ ...receipt, ...more }, node.privateKey))
      }
      return handler(incoming)
    })
  await node.reopen()
  const events: GenerateEvent[] = []
  const failure = await ask({}, { events }).catch((error) => error)
  expect(failure).toMatchObject({ code: 'protocol/receipt' })
  const promised = promisedTo(node)
  expect(promised).toBeGreaterThan(0n)
  expect(promised).toBeLessThanOrEqual(paidTokens(39, 20))
  expect(events.findLast(({ type }) => type === 'cost')).toMatchObject({ costWei: promised })
  expect(road.commitmentTo(node)?.arrivedWei).toBe(promised)
})
