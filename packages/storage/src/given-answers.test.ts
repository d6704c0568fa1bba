import 'fake-indexeddb/auto'
import { expect, test } from 'vitest'
import { createBrowserStores } from './browser-stores.ts'
import { openDatabase } from './database.ts'
import { type GivenAnswer, openGivenAnswers } from './given-answers.ts'
import { openSqliteStores } from './node/sqlite-stores.ts'
import type { Stores } from './stores.ts'

function answer(id: string, keptUntilMs: number, change: { isPaid?: boolean; text?: string } = {}) {
  const { isPaid = true, text = '' } = change
  const job = { messages: [{ role: 'user', content: text }] }
  const claim = { job, nonce: new Uint8Array(32), tokens: [1, 2], receipt: { tokenChain: [] } }
  return { id, keptUntilMs, isPaid, claim: claim as unknown as GivenAnswer['claim'] }
}

const kinds: [string, () => Promise<Stores>][] = [
  ['IndexedDB', async () => createBrowserStores(await openDatabase(crypto.randomUUID()))],
  ['SQLite', async () => openSqliteStores(null)],
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
    expect(await after.get('1')).toMatchObject({
      claim: { job: { messages: [{ content: 'Hello' }] } },
    })
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
    const text = 'x'.repeat(10_000)
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
