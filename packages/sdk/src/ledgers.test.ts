import 'fake-indexeddb/auto'
import { testLedgers } from '@weft/payments/testing/ledgers'
import { createLedgers, openDatabase } from '@weft/storage'

testLedgers('in IndexedDB', async () => createLedgers(await openDatabase('ledgers')))
