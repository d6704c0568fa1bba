import 'fake-indexeddb/auto'
import { testLedgers } from '@weft/payments/testing/ledgers'
import { createBrowserStores, openDatabase } from '@weft/storage'
import { openMemory } from '@weft/storage/memory'
import { openSqliteStores } from '@weft/storage/node'

testLedgers('in IndexedDB', async () => createBrowserStores(await openDatabase('ledgers')).ledgers)

const { ledgers } = openSqliteStores(null)
testLedgers('in SQLite', async () => ledgers)

const { stores } = openMemory()
testLedgers('in memory', async () => stores.ledgers)
