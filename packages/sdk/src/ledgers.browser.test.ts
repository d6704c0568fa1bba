import { testLedgers } from '@weft/payments/testing/ledgers'
import { createBrowserStores, openDatabase } from '@weft/storage'

const name = `ledgers-${crypto.randomUUID()}`
testLedgers(
  'in the IndexedDB of a browser',
  async () => createBrowserStores(await openDatabase(name)).ledgers,
)
