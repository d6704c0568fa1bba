/**
 * The one IndexedDB database of an origin.
 * @module
 */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb'
import type { CreditRecord } from './credit-records.ts'
import type { GivenAnswerRecord } from './given-answers.ts'
import type { LedgerEntry } from './ledgers.ts'
import type { Conversation, ModelRecord, PeerRecord, StoringRecord } from './records.ts'

interface WeftSchema extends DBSchema {
  /** Private keys by slot; which tab holds which slot is decided by Web Locks. */
  identities: { key: number; value: Uint8Array }
  conversations: { key: string; value: Conversation; indexes: { 'by-update': number } }
  /** Models of which chunks are kept. */
  models: { key: string; value: ModelRecord }
  peers: { key: string; value: PeerRecord; indexes: { 'by-seen': number } }
  /** One record: what this browser gives to others. */
  storing: { key: string; value: StoringRecord }
  /** Who may write the accounts of an owner. */
  ledgerWriters: { key: string; value: string }
  /** By owner and the entry's own id. */
  ledgerEntries: { key: [string, string]; value: LedgerEntry }
  /** By the key that signed them and the receipt's id. */
  givenAnswers: { key: [string, string]; value: GivenAnswerRecord; indexes: { 'by-end': number } }
  /** Secrets of private credits. */
  credits: { key: string; value: CreditRecord }
}

export type Database = IDBPDatabase<WeftSchema>

export type OpenDatabaseOptions = {
  /**
   * A newer version of this site upgrades the database in another tab. This connection is closed:
   * whatever is read or written from now on fails until the page is reloaded.
   */
  onOutdated?: () => void
}

/** Opens (and on a first visit makes) the database. Waits for no other tab: versions only grow. */
export function openDatabase(
  name = 'weft',
  { onOutdated }: OpenDatabaseOptions = {},
): Promise<Database> {
  return openDB<WeftSchema>(name, 8, {
    upgrade(database, oldVersion) {
      if (oldVersion < 1) {
        database.createObjectStore('identities')
        const conversations = database.createObjectStore('conversations', { keyPath: 'id' })
        conversations.createIndex('by-update', 'updatedAtMs')
      }
      if (oldVersion < 2) database.createObjectStore('models', { keyPath: 'modelCid' })
      if (oldVersion < 6) {
        // What was kept of a peer before counts other things.
        if (oldVersion >= 3) database.deleteObjectStore('peers')
        const peers = database.createObjectStore('peers', { keyPath: 'peerId' })
        peers.createIndex('by-seen', 'seenAtMs')
      }
      if (oldVersion < 4) database.createObjectStore('storing')
      if (oldVersion < 5) {
        database.createObjectStore('ledgerWriters')
        database.createObjectStore('ledgerEntries')
      }
      if (oldVersion < 7) {
        const answers = database.createObjectStore('givenAnswers', { keyPath: ['owner', 'id'] })
        answers.createIndex('by-end', 'keptUntilMs')
      }
      if (oldVersion < 8) database.createObjectStore('credits', { keyPath: 'id' })
    },
    blocking(_current, _blocked, event) {
      const connection = event.target as IDBDatabase
      connection.close()
      onOutdated?.()
    },
  })
}
