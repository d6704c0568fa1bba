/**
 * Purchases of private credits, in IndexedDB.
 * @module
 */
import type { Hex } from '@weft/protocol'
import type { Database } from './database.ts'
import type { CreditStore } from './stores.ts'

/** What a browser keeps of a purchase. Nothing of it says who paid. */
export type CreditRecord = {
  /** Of the identity, in hex. */
  id: Hex
  /** In hex. */
  secret: Hex
  chainId: number
  /** Lower case. */
  contract: Hex
  denomination: number
  count: number
  /** By the tickets' index: the key that each was used for. */
  keys: Hex[]
}

const options: IDBTransactionOptions = { durability: 'strict' }

export function createCreditStore(database: Database): CreditStore {
  return {
    list: () => database.getAll('credits'),

    async put(record) {
      const transaction = database.transaction('credits', 'readwrite', options)
      await Promise.all([transaction.store.put(record), transaction.done])
    },

    async change(id, change) {
      const transaction = database.transaction('credits', 'readwrite', options)
      const before = await transaction.store.get(id)
      const after = before && change(before)
      if (after) await transaction.store.put(after)
      await transaction.done
      return after
    },
  }
}
