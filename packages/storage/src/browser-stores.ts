/**
 * What a tab keeps, in IndexedDB.
 * @module
 */
import { createCreditStore } from './credit-records.ts'
import type { Database } from './database.ts'
import { createGivenAnswers } from './given-answers.ts'
import {
  changeAnswer,
  findAnswers,
  getConversation,
  listConversations,
  putConversation,
  removeConversation,
} from './history.ts'
import { createLedgers } from './ledgers.ts'
import { clearPeers, listPeers, updatePeers } from './peers.ts'
import type { Stores } from './stores.ts'
import { changeStoring, readStoring } from './storing.ts'

export function createBrowserStores(database: Database): Stores {
  return {
    history: {
      list: () => listConversations(database),
      get: (id) => getConversation(database, id),
      put: (conversation) => putConversation(database, conversation),
      remove: (id) => removeConversation(database, id),
      findAnswers: (isWanted) => findAnswers(database, isWanted),
      changeAnswer: (place, change) => changeAnswer(database, place, change),
    },
    models: {
      list: () => database.getAll('models'),
      get: (modelCid) => database.get('models', modelCid),
      put: async (record) => void (await database.put('models', record)),
      remove: (modelCid) => database.delete('models', modelCid),
    },
    peers: {
      list: () => listPeers(database),
      update: (changes) => updatePeers(database, changes),
      clear: () => clearPeers(database),
    },
    storing: {
      read: () => readStoring(database),
      change: (step) => changeStoring(database, step),
    },
    ledgers: createLedgers(database),
    givenAnswers: createGivenAnswers(database),
    credits: createCreditStore(database),
    close: () => database.close(),
  }
}
