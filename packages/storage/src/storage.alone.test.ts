import 'fake-indexeddb/auto'
import { beforeEach, describe, expect, test } from 'vitest'
import { type Database, openDatabase } from './database.ts'
import {
  changeAnswer,
  findAnswers,
  getConversation,
  listConversations,
  putConversation,
  removeConversation,
} from './history.ts'
import { claimIdentity } from './identity.ts'
import type { AnswerRecord, Conversation } from './records.ts'

let database: Database
let databaseCount = 0
beforeEach(async () => {
  databaseCount += 1
  database = await openDatabase(`test-${databaseCount}`)
})

function createSession(): Pick<Storage, 'getItem' | 'setItem'> {
  const values = new Map<string, string>()
  return {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
  }
}

describe('identity', () => {
  // Node 24 has Web Locks of its own.
  const { locks } = navigator

  test('a reloaded tab is the same peer', async () => {
    const session = createSession()
    const before = await claimIdentity({ database, locks, session })
    before.release()
    const after = await claimIdentity({ database, locks, session })
    expect(after.peerId).toBe(before.peerId)
    after.release()
  })

  test('a reload that overtakes the old page waits for it', async () => {
    const session = createSession()
    const before = await claimIdentity({ database, locks, session })
    const next = claimIdentity({ database, locks, session })
    setTimeout(before.release, 100)
    const after = await next
    expect(after.peerId).toBe(before.peerId)
    after.release()
  })

  test('a tab that takes its next key is the peer that it was told it would be', async () => {
    const session = createSession()
    const before = await claimIdentity({ database, locks, session })
    const next = await before.nextPeerId('wallet')
    expect(next).not.toBe(before.peerId)
    before.release()
    const meanwhile = await claimIdentity({ database, locks, session })
    expect(meanwhile.peerId).toBe(before.peerId)
    expect(await meanwhile.nextPeerId('wallet')).toBe(next)
    const ofTicket = await meanwhile.nextPeerId('ticket')
    await meanwhile.takeNext('wallet')
    meanwhile.release()
    const after = await claimIdentity({ database, locks, session })
    expect(after.peerId).toBe(next)
    expect([before.peerId, next, ofTicket]).not.toContain(await after.nextPeerId('wallet'))
    expect(await after.nextPeerId('ticket')).toBe(ofTicket)
    await after.takeNext('ticket')
    after.release()
    const paid = await claimIdentity({ database, locks, session })
    expect(paid.peerId).toBe(ofTicket)
    paid.release()
  })

  test('two open tabs are two peers, also when one is a copy of the other', async () => {
    const session = createSession()
    const first = await claimIdentity({ database, locks, session })
    const second = await claimIdentity({ database, locks, session: createSession() })
    const copy = await claimIdentity({ database, locks, session })
    expect(new Set([first.peerId, second.peerId, copy.peerId]).size).toBe(3)
    for (const { release } of [first, second, copy]) release()
  })
})

test('what an older version of this site kept is still there', async () => {
  const name = 'older'
  const request = indexedDB.open(name, 1)
  request.onupgradeneeded = () => {
    request.result.createObjectStore('identities').put(new Uint8Array(32).fill(7), 0)
    const conversations = request.result.createObjectStore('conversations', { keyPath: 'id' })
    conversations.createIndex('by-update', 'updatedAtMs')
  }
  await new Promise((resolve) => {
    request.onsuccess = resolve
  })
  request.result.close()
  const upgraded = await openDatabase(name)
  expect(await upgraded.get('identities', 0)).toEqual(new Uint8Array(32).fill(7))
  expect(await upgraded.getAll('models')).toEqual([])
})

test('a tab whose database a newer page upgrades is told so', async () => {
  const name = 'outdated'
  let isOutdated = false
  const older = await openDatabase(name, {
    onOutdated: () => {
      isOutdated = true
    },
  })
  const request = indexedDB.open(name, older.version + 1)
  await new Promise((resolve) => {
    request.onsuccess = resolve
  })
  request.result.close()
  expect(isOutdated).toBe(true)
  await expect(listConversations(older)).rejects.toMatchObject({ name: 'InvalidStateError' })
})

describe('history', () => {
  const conversation = (id: string, updatedAtMs: number): Conversation => ({
    id,
    title: `Title ${id}`,
    createdAtMs: 1,
    updatedAtMs,
    turns: [],
  })

  test('lists the latest first, gives one back whole, forgets what is removed', async () => {
    await putConversation(database, conversation('a', 1))
    await putConversation(database, conversation('b', 3))
    await putConversation(database, conversation('c', 2))
    expect((await listConversations(database)).map(({ id }) => id)).toEqual(['b', 'c', 'a'])
    expect(await getConversation(database, 'b')).toEqual(conversation('b', 3))
    await removeConversation(database, 'b')
    expect(await getConversation(database, 'b')).toBeUndefined()
  })

  test('one answer is found and changed where it is kept, and nowhere else', async () => {
    const answer = (text: string) => ({ text }) as AnswerRecord
    const turns = ['one', 'two'].map((id) => ({ id, prompt: id, answer: answer(id) }))
    await putConversation(database, { ...conversation('a', 1), turns })
    await putConversation(database, conversation('b', 2))
    const found = await findAnswers(database, ({ text }) => text === 'two')
    const place = { conversationId: 'a', turnId: 'two' }
    expect(found).toEqual([{ place, answer: answer('two') }])
    await changeAnswer(database, place, ({ text }) => answer(`${text} three`))
    await changeAnswer(database, { ...place, conversationId: 'gone' }, () => answer('never'))
    const kept = await getConversation(database, 'a')
    expect(kept?.turns.map((turn) => turn.answer.text)).toEqual(['one', 'two three'])
  })
})
