/**
 * Servers that answer for the chain and lie, or lag: nothing is asked without end, and nothing is missed.
 */
import { verdictsAbi } from '@weft/contracts'
import {
  createPublicClient,
  custom,
  decodeFunctionData,
  encodeAbiParameters,
  encodeEventTopics,
  encodeFunctionResult,
  type Hex,
} from 'viem'
import { expect, test } from 'vitest'
import { readNews } from './court-news.ts'
import { createEpochsReader } from './epochs-reader.ts'

const verdicts = { address: `0x${'11'.repeat(20)}`, abi: verdictsAbi } as const
const rules = { epochSeconds: 10, limitationSeconds: 1_000 }

type Answer = (method: string, params: never[]) => unknown

function serverOf(answer: Answer) {
  const asked: string[] = []
  const request = async ({ method, params = [] }: { method: string; params?: never[] }) => {
    asked.push(method)
    return answer(method, params)
  }
  const transport = custom({ request }, { retryCount: 0 })
  return { asked, reader: createPublicClient({ transport, pollingInterval: 1 }) }
}

/** @param previousOf - null for an epoch that was never recorded */
function epochsOf(last: number, previousOf: (epoch: number) => number | null) {
  const { asked, reader } = serverOf((_, [call]: { data: Hex }[]) => {
    const { functionName, args } = decodeFunctionData({
      abi: verdictsAbi,
      data: call?.data ?? '0x',
    })
    if (functionName === 'lastEpoch') {
      return encodeFunctionResult({ abi: verdictsAbi, functionName, result: last })
    }
    const previous = previousOf(Number(args?.[0]))
    const result = previous === null ? ([0n, 0, 0, 0] as const) : ([7n, 1, previous, 1] as const)
    return encodeFunctionResult({ abi: verdictsAbi, functionName: 'epochs', result })
  })
  return { asked, ...createEpochsReader({ reader, verdicts, rules }) }
}

test('the epoch after a moment is found in gaps as well, with few requests where there are none', async () => {
  const recorded = [3, 4, 20, 21, 60]
  const previousOf = (epoch: number) => {
    const place = recorded.indexOf(epoch)
    return place < 0 ? null : (recorded[place - 1] ?? 0)
  }
  const found = (seconds: number) => epochsOf(60, previousOf).epochAfter(seconds)
  expect(await Promise.all([0, 29, 30, 45, 200, 210, 599].map(found))).toEqual([
    3, 3, 4, 20, 21, 60, 60,
  ])
  expect(await found(600)).toBeNull()
  const dense = epochsOf(1_000_000, (epoch) => epoch - 1)
  expect(await dense.epochAfter(42)).toBe(5)
  expect(dense.asked.length).toBeLessThanOrEqual(5)
})

test('no more epochs are walked through than can count, and only as long as somebody waits', async () => {
  const gap = (epoch: number) => (epoch < 500_000 ? null : epoch - 1)
  const server = epochsOf(1_000_000, gap)
  expect(await server.epochAfter(0)).toBeLessThan(1_000_000 - 99)
  expect(server.asked.length).toBeLessThan(110)
  const signal = AbortSignal.abort()
  await expect(epochsOf(1_000_000, gap).epochAfter(0, { signal })).rejects.toMatchObject({
    code: 'protocol/cancelled',
  })
})

test('an epoch that follows itself, or a later one, or was never recorded, is a lie', async () => {
  for (const previousOf of [(epoch: number) => epoch, () => 2 ** 39, () => null]) {
    const search = epochsOf(1_000, previousOf).epochAfter(0)
    await expect(search).rejects.toMatchObject({ code: 'payments/chain-lost' })
  }
})

const node: Hex = `0x${'22'.repeat(20)}`
const receiptId: Hex = `0x${'33'.repeat(32)}`

/** It has accused a node in each block of `accusedAt`, and answers for no block of `silentFrom` and later. */
function chainOf({ latest = 0n, accusedAt = [] as bigint[], silentFrom = 2n ** 64n }) {
  const { asked, reader } = serverOf((method, [range]: { fromBlock: Hex; toBlock: Hex }[]) => {
    if (method === 'eth_blockNumber') return `0x${latest.toString(16)}`
    const [from, to] = [BigInt(range?.fromBlock ?? 0), BigInt(range?.toBlock ?? 0)]
    if (to >= silentFrom) throw new Error('Too many requests.')
    return accusedAt
      .filter((block) => block >= from && block <= to)
      .map((block) => ({
        ...{ address: verdicts.address, blockNumber: `0x${block.toString(16)}` },
        topics: encodeEventTopics({
          abi: verdictsAbi,
          eventName: 'Accused',
          args: { receiptId, node },
        }),
        data: encodeAbiParameters([{ type: 'address' }], [node]),
      }))
  })
  return {
    asked,
    look: (from: bigint | null, options?: { signal: AbortSignal }) =>
      readNews({ reader, verdicts }, from, options),
  }
}

test('news are read as far as the server answers, a bounded number of ranges at a time', async () => {
  const { asked, look } = chainOf({ latest: 250_000n, accusedAt: [5n, 95_000n, 100_001n] })
  const first = await look(0n)
  expect([first.accused.length, first.nextBlock, asked.length]).toEqual([2, 100_000n, 11])
  expect(await look(first.nextBlock)).toMatchObject({ accused: [{ node }], nextBlock: 200_000n })
  expect((await look(0n, { signal: AbortSignal.abort() })).nextBlock).toBe(0n)

  const half = chainOf({ latest: 50_000n, accusedAt: [5n, 25_000n], silentFrom: 20_000n })
  expect(await half.look(0n)).toMatchObject({ accused: [{ node }], nextBlock: 20_000n })
  await expect(half.look(20_000n)).rejects.toMatchObject({
    code: expect.stringMatching(/^payments/),
  })
})

test('a server that lags sends nobody back, one that is far behind begins anew', async () => {
  const { look } = chainOf({ latest: 1_000n, accusedAt: [7n] })
  expect(await look(1_500n)).toMatchObject({ accused: [], nextBlock: 1_500n })
  expect(await look(2n ** 60n)).toMatchObject({ accused: [{ node }], nextBlock: 1_001n })
})
