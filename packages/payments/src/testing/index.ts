export { MemoryLedgers } from './memory-ledgers.ts'
export { testLedgers } from './test-ledgers.ts'
