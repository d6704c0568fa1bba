import 'fake-indexeddb/auto'
import {
  createJob,
  createPrivateKey,
  defaultSampling,
  freePrice,
  jobId,
  limits,
  peerIdFromPrivateKey,
  type Sampling,
  signReceipt,
} from '@weft/protocol'
import { expect, test } from 'vitest'
import { createBrowserStores } from './browser-stores.ts'
import { openDatabase } from './database.ts'
import { type GivenAnswer, type GivenAnswerRecords, openGivenAnswers } from './given-answers.ts'
import { openMemory } from './memory.ts'
import { openSqliteStores } from './node/sqlite-stores.ts'
import type { Stores } from './stores.ts'

type Change = { isPaid?: boolean; text?: string; sampling?: Sampling }

const modelCid = 'bafyreigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi'
const node = createPrivateKey()
const clientPeerId = peerIdFromPrivateKey(createPrivateKey())

function answer(id: string, keptUntilMs: number, change: Change = {}): GivenAnswer {
  const { isPaid = true, text = 'Hello', sampling = defaultSampling } = change
  const { job, nonce } = createJob({
    modelCid,
    messages: [{ role: 'user', content: text }],
    sampling,
    overflow: 'error',
    maxTokens: 8,
    clientPeerId,
    maxPrice: freePrice,
    createdAtMs: 1,
  })
  const hash = new Uint8Array(32)
  const unsigned = {
    version: 1 as const,
    jobId: jobId(job),
    modelCid,
    tokenizerHash: hash,
    samplerHash: hash,
    nodePeerId: peerIdFromPrivateKey(node),
    clientPeerId,
    nonce,
    inputTokens: 3,
    firstToken: 0,
    outputTokens: 2,
    tokenChain: [hash],
    textHash: hash,
    finishReason: 'stop' as const,
    engine: { runtime: 'test', backend: 'wasm' as const, device: '' },
    price: freePrice,
    costWei: 0n,
    channelId: null,
    prefillMs: 1,
    decodeMs: 1,
    endedAtMs: 2,
  }
  const receipt = signReceipt(unsigned, node)
  return {
    id,
    keptUntilMs,
    isPaid,
    claim: { job, nonce, tokens: [1, 2], fingerprints: [], receipt },
  }
}

const kinds: [string, () => Promise<Stores>][] = [
  ['IndexedDB', async () => createBrowserStores(await openDatabase(crypto.randomUUID()))],
  ['SQLite', async () => openSqliteStores(null)],
  ['memory', async () => openMemory().stores],
]

test.each(kinds)(
  '%s: an answer is there after a reload until its time is over, for its own key alone',
  async (_, open) => {
    const { givenAnswers } = await open()
    const before = await openGivenAnswers(givenAnswers, 'a')
    await before.put(answer('1', 1_000, { text: 'Hello' }))
    await before.put(answer('2', 2_000))
    const after = await openGivenAnswers(givenAnswers, 'a')
    const other = await openGivenAnswers(givenAnswers, 'b')
    expect([after.count(), other.count()]).toEqual([2, 0])
    expect(await after.get('1')).toMatchObject({ job: { messages: [{ content: 'Hello' }] } })
    expect(await other.get('1')).toBeUndefined()
    // A key that nobody uses any more keeps nothing for longer either.
    await other.expire(1_000)
    expect(await after.get('1')).toBeUndefined()
    expect(await after.get('2')).toBeDefined()
    await after.expire(1_000)
    expect(after.count()).toBe(1)
  },
)

test.each(kinds)(
  '%s: where there is too much, what nobody paid for goes first, then the oldest',
  async (_, open) => {
    const { givenAnswers } = await open()
    const text = 'x'.repeat(20_000)
    const given = await openGivenAnswers(givenAnswers, 'a', { maxBytes: 50_000 })
    await given.put(answer('old', 1, { text }))
    for (const id of ['free 1', 'free 2', 'free 3']) {
      await given.put(answer(id, 3, { text, isPaid: false }))
    }
    expect(await given.get('old')).toBeDefined()
    expect(given.count()).toBe(2)
    await given.put(answer('new 1', 4, { text }))
    await given.put(answer('new 2', 5, { text }))
    expect(await Promise.all(['old', 'free 3', 'new 1', 'new 2'].map(given.get))).toEqual([
      ...[undefined, undefined],
      ...[expect.anything(), expect.anything()],
    ])
    expect((await openGivenAnswers(givenAnswers, 'a')).count()).toBe(2)
  },
)

test('all of an answer counts: a grammar, biases, stops, many empty messages', async () => {
  const { givenAnswers } = openSqliteStores(null)
  const given = await openGivenAnswers(givenAnswers, 'a', { maxBytes: 1_000_000 })
  const schema = JSON.stringify({ description: 'x'.repeat(limits.maxGrammarChars - 20) })
  const sampling: Sampling = { ...defaultSampling, grammar: { type: 'json-schema', schema } }
  for (let each = 0; each < 20; each += 1) await given.put(answer(`${each}`, each, { sampling }))
  expect(given.count()).toBe(Math.floor(1_000_000 / (limits.maxGrammarChars + 1_500)))
})

test('what could not be written is not counted, and nothing is given up for it', async () => {
  const { givenAnswers } = openSqliteStores(null)
  let isFull = false
  const records: GivenAnswerRecords = {
    ...givenAnswers,
    put: (...asked) =>
      isFull ? Promise.reject(new Error('The disk is full.')) : givenAnswers.put(...asked),
  }
  const given = await openGivenAnswers(records, 'a', { maxBytes: 5_000 })
  await given.put(answer('1', 1))
  isFull = true
  await expect(given.put(answer('2', 2, { text: 'x'.repeat(1_000) }))).rejects.toThrow('full')
  expect(given.count()).toBe(1)
  isFull = false
  await given.put(answer('3', 3))
  expect([await given.get('1'), await given.get('2'), await given.get('3')]).toEqual([
    ...[expect.anything(), undefined],
    expect.anything(),
  ])
})
