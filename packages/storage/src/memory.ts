/**
 * What a page keeps that may keep nothing, such as one in a frame whose storage the browser blocks: all of it, its key
 * too, ends with the page.
 * @module
 */
import { createPrivateKey, peerIdFromPrivateKey } from '@weft/protocol'
import { noChunks } from './chunk-store.ts'
import type { Identity } from './identity.ts'
import { createLocks } from './memory-locks.ts'
import { createTableStores, type Tables } from './table-stores.ts'

export function openMemory() {
  return {
    stores: createTableStores(createMemoryTables()),
    identity: createIdentity(),
    chunks: noChunks,
    locks: createLocks(),
    /** Nothing is known of it, and nothing is asked. */
    storage: {
      estimate: async () => ({}),
      persist: async () => false,
      persisted: async () => false,
    },
  }
}

function createIdentity(): Identity {
  const privateKey = createPrivateKey()
  const next = { wallet: createPrivateKey(), ticket: createPrivateKey() }
  return {
    privateKey,
    peerId: peerIdFromPrivateKey(privateKey),
    nextPeerId: async (payer) => peerIdFromPrivateKey(next[payer]),
    // The next opening has another key anyway.
    takeNext: async () => {},
    release() {},
  }
}

/** Values are copied as IndexedDB copies them: nobody changes what is kept by changing what was given. */
export function createMemoryTables(): Tables {
  let tables = new Map<string, Map<string, unknown>>()
  const entriesOf = (name: string) => {
    const entries = tables.get(name) ?? new Map<string, unknown>()
    tables.set(name, entries)
    return entries
  }
  return {
    table: <Value>(name: string) => ({
      get: (key: string) => structuredClone(entriesOf(name).get(key)) as Value | undefined,
      all: (prefix = '') =>
        [...entriesOf(name)]
          .filter(([key]) => key.startsWith(prefix))
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([, value]) => structuredClone(value) as Value),
      put: (key: string, value: Value) => void entriesOf(name).set(key, structuredClone(value)),
      remove: (key: string) => void entriesOf(name).delete(key),
      clear: () => entriesOf(name).clear(),
    }),
    inTransaction(work) {
      const before = new Map([...tables].map(([name, entries]) => [name, new Map(entries)]))
      try {
        return work()
      } catch (error) {
        tables = before
        throw error
      }
    },
    close() {},
  }
}
