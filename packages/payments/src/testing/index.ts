export { MemoryLedgers } from './memory-ledgers.ts'
