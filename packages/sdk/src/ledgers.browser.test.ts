import { testLedgers } from '@weft/payments/testing/ledgers'
import { createLedgers, openDatabase } from '@weft/storage'

const name = `ledgers-${crypto.randomUUID()}`
testLedgers('in the IndexedDB of a browser', async () => createLedgers(await openDatabase(name)))
