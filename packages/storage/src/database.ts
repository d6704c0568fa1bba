/**
 * The one IndexedDB database of an origin.
 * @module
 */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb'
import type { Conversation } from './records.ts'

interface WeftSchema extends DBSchema {
  /** Private keys by slot; which tab holds which slot is decided by Web Locks. */
  identities: { key: number; value: Uint8Array }
  conversations: { key: string; value: Conversation; indexes: { 'by-update': number } }
}

export type Database = IDBPDatabase<WeftSchema>

/** Opens (and on a first visit makes) the database. Waits for no other tab: versions only grow. */
export function openDatabase(name = 'weft'): Promise<Database> {
  return openDB<WeftSchema>(name, 1, {
    upgrade(database) {
      database.createObjectStore('identities')
      const conversations = database.createObjectStore('conversations', { keyPath: 'id' })
      conversations.createIndex('by-update', 'updatedAtMs')
    },
    blocking(_current, _blocked, event) {
      // A newer page wants to upgrade: let it, this one is about to be reloaded.
      const request = event.target as IDBDatabase
      request.close()
    },
  })
}
