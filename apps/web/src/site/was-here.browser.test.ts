import { afterEach, beforeEach, expect, test } from 'vitest'
import { writePreference, writeShownChat } from './preferences.ts'
import { keepsSomething, leftSomething } from './was-here.ts'

async function clear(): Promise<void> {
  localStorage.clear()
  sessionStorage.clear()
  const kept = await indexedDB.databases()
  await Promise.all(kept.map(({ name = '' }) => remove(name)))
}

/** Waits for pages of the tests before, which may still be closing and have it open. */
function remove(name: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const removing = indexedDB.deleteDatabase(name)
  removing.onsuccess = () => resolve()
  removing.onerror = () => reject(removing.error)
  return promise
}

beforeEach(clear)
afterEach(clear)

test('a browser that nobody used has no sign, whatever was chosen in it', async () => {
  writePreference('localOnly', true)
  writePreference('served', false)
  expect(leftSomething()).toBe(false)
  expect(await keepsSomething()).toBe(false)
})

test.each(['hasJoined', 'served', 'verified', 'hasCourt', 'hasEarned'] as const)(
  '%s is one',
  (name) => {
    writePreference(name, true)
    expect(leftSomething()).toBe(true)
  },
)

test('so is the conversation that a reload comes back to', () => {
  writeShownChat('a')
  expect(leftSomething()).toBe(true)
})

test('so is a history without any choice', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const opening = indexedDB.open('kept')
  opening.onsuccess = () => {
    opening.result.close()
    resolve()
  }
  await promise
  expect(await keepsSomething()).toBe(true)
})
