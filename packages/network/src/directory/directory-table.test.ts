import {
  createPrivateKey,
  decodeRegistration,
  encodeRegistration,
  limits,
  peerIdFromPrivateKey,
  type SealedOffer,
  signRegistration,
} from '@weft/protocol'
import { afterEach, expect, test, vi } from 'vitest'
import { announcement, anyQuery, modelCid, unannounced } from '../testing/fixtures.ts'
import { maxLooks } from './constants.ts'
import { DirectoryTable } from './directory-table.ts'

afterEach(() => vi.restoreAllMocks())

const ofModel = { ...anyQuery, modelCid }
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
    ...unannounced,
    models,
    maxJobs: 1,
    addresses: ['/ip4/127.0.0.1/tcp/1/ws'],
  }
  return signRegistration(unsigned, privateKey)
}

/** As if by another node; a table does not check signatures. */
function named(name: string) {
  return { ...registration(1), peerId: peerIdLike(name) }
}

const peerIdLike = (name: string) => `16Uiu2${name.padEnd(47, 'A')}`

const peerIdOf = ({ registration: sealed }: SealedOffer) => decodeRegistration(sealed).peerId

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
  expect(table.find(ofModel)).toEqual({ offers: [], total: 0, relays: [] })
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
  const { offers, total } = table.find({ ...ofModel, limit: 4 })
  expect(total).toBe(10)
  expect(new Set(offers.map(peerIdOf)).size).toBe(4)
})

test('an offer that does not fit into the answer keeps no smaller one out', () => {
  vi.spyOn(Math, 'random').mockReturnValue(0)
  const table = new DirectoryTable({ maxEntries: 1_000 })
  const models = registration(1, 'd'.repeat(200)).models.flatMap((model) =>
    Array.from({ length: limits.maxModelsPerNode }, () => model),
  )
  const stores = Array.from({ length: 28 }, () => modelCid)
  const small = named('S')
  // More than an answer holds, and then one that fits into what is left.
  for (let index = 0; index < 100; index += 1) {
    table.put({ ...named(`${index + 100}`.replaceAll('0', 'X')), models, stores }, {})
  }
  table.put(small, {})
  const { offers } = table.find(ofModel)
  expect(offers.length).toBeLessThan(limits.maxOffers)
  expect(offers.at(-1)?.registration).toEqual(encodeRegistration(small))
})

test('a question that little matches looks at some nodes, not at all', () => {
  vi.spyOn(Math, 'random').mockReturnValue(0)
  const table = new DirectoryTable({ maxEntries: 10_000 })
  const busy = { ...registration(1), maxJobs: 0 }
  for (let index = 1; index < maxLooks; index += 1) {
    const name = `${index}`.replaceAll('0', 'Z')
    table.put({ ...busy, peerId: peerIdLike(name) }, {})
  }
  table.put(named('B'), {})
  // The first that is not looked at.
  table.put(named('C'), {})
  const { offers, total } = table.find({ ...ofModel, isFree: true })
  expect(offers.map(peerIdOf)).toEqual([named('B').peerId])
  expect(total).toBe(maxLooks + 1)
})

test('only what was asked for', () => {
  const table = new DirectoryTable({ maxEntries: 100 })
  const otherCid = `b${'c'.repeat(58)}`
  const price = { inputWeiPerMillion: 1n, outputWeiPerMillion: 5n }
  const [offer] = announcement.models
  if (!offer) throw new Error('nothing on offer')
  table.put({ ...named('P'), models: [{ ...offer, price }] }, {})
  table.put({ ...named('S'), models: [], stores: [modelCid], maxJobs: 0 }, {})
  table.put({ ...named('L'), models: [], layers: [{ modelCid, part: 2 }], maxJobs: 1 }, {})
  const found = (change: Partial<typeof anyQuery>) =>
    table.find({ ...ofModel, ...change }).offers.map((offer) => peerIdOf(offer)[6])
  expect(found({})).toEqual(['P'])
  expect(found({ maxPrice: price })).toEqual(['P'])
  expect(found({ maxPrice: { ...price, outputWeiPerMillion: 4n } })).toEqual([])
  expect(found({ role: 'stores', isFree: true })).toEqual(['S'])
  expect(found({ role: 'layers' })).toEqual(['L'])
  expect(found({ role: 'layers', modelCid: otherCid })).toEqual([])
})

test('nodes with room and nodes of the region come first', () => {
  const table = new DirectoryTable({ maxEntries: 1_000 })
  const owner = {}
  const letters = [...'ABCDEFGHJKLMNPQRSTUVWXYZ']
  for (const letter of letters) table.put({ ...named(letter), region: 'am' }, owner)
  table.put({ ...named('a'), region: 'eu' }, owner)
  table.put({ ...named('b'), region: 'eu' }, owner)
  table.touch(named('b').peerId, owner, 1)
  for (const letter of letters.slice(4)) table.touch(named(letter).peerId, owner, 1)
  const found = (change: Partial<typeof anyQuery>) =>
    table.find({ ...ofModel, region: 'eu', ...change }).offers.map((offer) => peerIdOf(offer)[6])
  expect(found({ limit: 1 })).toEqual(['a'])
  expect(new Set(found({ limit: 5 }))).toEqual(new Set(['a', 'A', 'B', 'C', 'D']))
  expect(found({ limit: 6 })[5]).toBe('b')
  expect(found({ isFree: true })).toHaveLength(5)
  expect(found({})).toHaveLength(letters.length + 2)
})
