import type { JobCall } from '@weft/network'
import { freePrice, type Offer, WeftError } from '@weft/protocol'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { AskEnd } from './ask-node.ts'
import { type Candidates, openNode } from './open-node.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const engine = { runtime: 'test', backend: 'wasm' as const, device: 'test' }

function offer(peerId: string): Offer {
  const model = { modelCid: 'model', price: freePrice, engine, tokensPerSecond: 1 }
  const parts = { models: [model], stores: [], layers: [], region: null, maxJobs: 4 }
  const registration = { version: 1 as const, peerId, sequence: 1, ...parts, addresses: ['a'] }
  return { registration: { ...registration, signature: new Uint8Array(64) }, activeJobs: 0 }
}

function open(nodes: string[]) {
  const ends = new Map(nodes.map((node) => [node, Promise.withResolvers<AskEnd>()]))
  const asked: string[] = []
  const left: string[] = []
  const failed: string[] = []
  const candidates: Candidates = {
    fresh: () => nodes.map(offer),
    refresh: async () => {},
    ask({ peerId }) {
      asked.push(peerId)
      const end = ends.get(peerId)?.promise ?? Promise.reject(new Error(peerId))
      const leave = () => void left.push(peerId)
      return { peerId, place: () => null, first: end, end, ended: () => null, leave }
    },
    noteFull: () => {},
    noteFailed: (peerId) => void failed.push(peerId),
  }
  const opened = openNode(candidates, { signal: undefined, onWait: null })
  opened.catch(() => {})
  const call = (nodePeerId: string): JobCall => ({
    nodePeerId,
    quote: {} as JobCall['quote'],
    accept: async function* () {},
    decline: () => {},
  })
  return {
    opened,
    asked,
    left,
    failed,
    quotes: (node: string) => ends.get(node)?.resolve({ type: 'opened', call: call(node) }),
    fails(node: string) {
      const error = new WeftError('network/unreachable', 'Gone.')
      ends.get(node)?.resolve({ type: 'failed', error })
    },
  }
}

test('who says nothing is not waited for: the next one is asked as well, and the first to quote wins', async () => {
  const { opened, asked, left, failed, quotes } = open(['a', 'b', 'c', 'd', 'e', 'f'])
  await vi.advanceTimersByTimeAsync(1_000)
  expect(asked).toEqual(['a'])
  await vi.advanceTimersByTimeAsync(1_500)
  expect(asked).toEqual(['a', 'b', 'c'])
  quotes('b')
  expect(await opened).toMatchObject({ nodePeerId: 'b' })
  expect(left).toEqual(['a', 'c'])
  // The third had no time yet to be late.
  expect(failed).toEqual(['a'])
})

test('one that was late may still be the one, and no more than a few are asked at once', async () => {
  const { opened, asked, fails, quotes } = open(['a', 'b', 'c', 'd', 'e', 'f'])
  await vi.advanceTimersByTimeAsync(60_000)
  expect(asked).toEqual(['a', 'b', 'c', 'd'])
  fails('c')
  await vi.advanceTimersByTimeAsync(0)
  expect(asked).toEqual(['a', 'b', 'c', 'd', 'e'])
  quotes('a')
  expect(await opened).toMatchObject({ nodePeerId: 'a' })
})

test('a search in which all fail ends', async () => {
  const { opened, asked, fails } = open(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'])
  for (const node of ['a', 'b', 'c', 'd', 'e', 'f']) {
    await vi.advanceTimersByTimeAsync(0)
    fails(node)
  }
  await expect(opened).rejects.toMatchObject({ code: 'network/unreachable' })
  expect(asked).toHaveLength(6)
})
