import { MemoryLedgers } from './memory-ledgers.ts'
import { type LedgerTestEntry, testLedgers } from './test-ledgers.ts'

const ledgers = new MemoryLedgers<LedgerTestEntry>()
testLedgers('in memory', async () => ledgers)
