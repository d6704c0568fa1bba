export { ChainInMemory } from './chain-in-memory.ts'
export { type DevelopmentChain, startDevelopmentChain } from './development-chain.ts'
export { feedBytecode } from './fiat-feed.ts'
export { MemoryLedgers } from './memory-ledgers.ts'
