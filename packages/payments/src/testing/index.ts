export { ChainInMemory } from './chain-in-memory.ts'
export { type DevelopmentChain, startDevelopmentChain } from './development-chain.ts'
export { MemoryLedgers } from './memory-ledgers.ts'
