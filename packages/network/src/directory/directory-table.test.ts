import { createPrivateKey, limits, peerIdFromPrivateKey, signRegistration } from '@weft/protocol'
import { afterEach, expect, test, vi } from 'vitest'
import { announcement, modelCid } from '../testing/fixtures.ts'
import { DirectoryTable } from './directory-table.ts'

afterEach(() => vi.restoreAllMocks())

const privateKey = createPrivateKey()
const peerId = peerIdFromPrivateKey(privateKey)

function registration(sequence: number, device = 'test') {
  const models = announcement.models.map((model) => ({
    ...model,
    engine: { ...model.engine, device },
  }))
  const unsigned = {
    version: 1 as const,
    peerId,
    sequence,
    models,
    maxJobs: 1,
    addresses: ['/ip4/127.0.0.1/tcp/1/ws'],
  }
  return signRegistration(unsigned, privateKey)
}

/** As if by another node; a table does not check signatures. */
function named(name: string) {
  return { ...registration(1), peerId: `16Uiu2${name.padEnd(47, 'A')}` }
}

test('a full table takes no new node, but still renews a known one', () => {
  const table = new DirectoryTable({ maxEntries: 1 })
  const owner = {}
  table.put(registration(1), owner)
  expect(() => table.put(named('B'), owner)).toThrow('as many nodes as it can')
  table.put(registration(2), owner)
  expect(table.size).toBe(1)
})

test('a stream that was replaced takes nothing with it', () => {
  const table = new DirectoryTable({ maxEntries: 10 })
  const [before, after] = [{}, {}]
  table.put(registration(1), before)
  table.put(registration(2), after)
  table.drop(peerId, before)
  expect(table.touch(peerId, before, 1)).toBe(false)
  expect(table.touch(peerId, after, 1)).toBe(true)
  table.drop(peerId, after)
  expect(table.find(modelCid, 10)).toEqual({ offers: [], total: 0 })
})

test('an entry without heartbeats is swept', () => {
  let nowMs = 0
  const table = new DirectoryTable({ maxEntries: 10, now: () => nowMs })
  const owner = {}
  table.put(registration(1), owner)
  nowMs = 50
  table.touch(peerId, owner, 0)
  nowMs = 140
  table.sweep(100)
  expect(table.size).toBe(1)
  nowMs = 151
  table.sweep(100)
  expect(table.size).toBe(0)
})

test('an answer is a sample that names the total', () => {
  const table = new DirectoryTable({ maxEntries: 100 })
  for (const letter of 'ABCDEFGHJK') table.put(named(letter), {})
  const { offers, total } = table.find(modelCid, 4)
  expect(total).toBe(10)
  expect(new Set(offers.map((offer) => offer.registration.peerId)).size).toBe(4)
})

test('an offer that does not fit into the answer keeps no smaller one out', () => {
  vi.spyOn(Math, 'random').mockReturnValue(0)
  const table = new DirectoryTable({ maxEntries: 1_000 })
  const models = registration(1, 'd'.repeat(200)).models.flatMap((model) =>
    Array.from({ length: limits.maxModelsPerNode }, () => model),
  )
  const small = named('S')
  // More than an answer holds, and then one that fits into what is left.
  for (let index = 0; index < 100; index += 1) {
    table.put({ ...named(`${index + 100}`.replaceAll('0', 'X')), models }, {})
  }
  table.put(small, {})
  const { offers } = table.find(modelCid, 1_000)
  expect(offers.length).toBeLessThan(100)
  expect(offers.at(-1)?.registration).toEqual(small)
})
