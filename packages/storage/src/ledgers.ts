/**
 * Accounts with one writer: what a key has promised or was promised must be written by one page at a time. Web
 * Locks see to that (see `identity.ts`); this makes sure, whatever becomes of a lock.
 * @module
 */
import { WeftError } from '@weft/protocol'
import type { Database } from './database.ts'

/** A plain value that IndexedDB takes as it is. */
export type LedgerEntry = { id: string }

/** On disk before it counts, also when the power fails: a voucher may be on its way the next moment. */
const options: IDBTransactionOptions = { durability: 'strict' }
const stores = ['ledgerWriters', 'ledgerEntries'] as const

export type Ledgers = {
  /** Opens the accounts of `owner`; who had them open before can write no more. */
  open<Entry extends LedgerEntry>(owner: string): Promise<OpenLedger<Entry>>
}

export type OpenLedger<Entry extends LedgerEntry> = {
  /** As they were at opening. */
  records: Entry[]
  /** In one transaction. @throws WeftError `storage/taken-over` */
  put(...entries: readonly Entry[]): Promise<void>
  /** And writes others in the same transaction. @throws WeftError `storage/taken-over` */
  remove(id: string, ...entries: readonly Entry[]): Promise<void>
}

export function createLedgers(database: Database): Ledgers {
  return {
    async open<Entry extends LedgerEntry>(owner: string) {
      const writer = crypto.randomUUID()
      const opening = database.transaction(stores, 'readwrite', options)
      const [records] = await Promise.all([
        opening.objectStore('ledgerEntries').getAll(entriesOf(owner)),
        opening.objectStore('ledgerWriters').put(writer, owner),
        opening.done,
      ])

      async function change(write: (entries: EntryStore) => Promise<unknown>[]): Promise<void> {
        const transaction = database.transaction(stores, 'readwrite', options)
        // Also when nothing else waits for it any more.
        transaction.done.catch(() => {})
        if ((await transaction.objectStore('ledgerWriters').get(owner)) !== writer) {
          transaction.abort()
          throw takenOver()
        }
        await Promise.all([...write(transaction.objectStore('ledgerEntries')), transaction.done])
      }

      const putInto = (store: EntryStore) => (entry: LedgerEntry) =>
        store.put(entry, [owner, entry.id])
      return {
        records: records as Entry[],
        put: (...entries) => change((store) => entries.map(putInto(store))),
        remove: (id, ...entries) =>
          change((store) => [store.delete([owner, id]), ...entries.map(putInto(store))]),
      }
    },
  }
}

type EntryStore = {
  put(value: LedgerEntry, key: [string, string]): Promise<unknown>
  delete(key: [string, string]): Promise<unknown>
}

/** Arrays sort behind all strings. */
function entriesOf(owner: string): IDBKeyRange {
  return IDBKeyRange.bound([owner], [owner, []])
}

export function takenOver(): WeftError {
  return new WeftError(
    'storage/taken-over',
    'Another page uses this key, so this one spends and earns no more. Reload this page to go on here.',
  )
}
