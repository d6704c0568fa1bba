/**
 * What a tab keeps: its identity, its history, and model files by hash.
 * @module
 */
export { createBrowserStores } from './browser-stores.ts'
export type * from './check-records.ts'
export { type ChunkStore, openChunkStore } from './chunk-store.ts'
export type { CreditRecord } from './credit-records.ts'
export { openDatabase } from './database.ts'
export { type GivenAnswers, openGivenAnswers } from './given-answers.ts'
export * from './identity.ts'
export type { ImportReport } from './import-model.ts'
export type { LedgerEntry, Ledgers, OpenLedger } from './ledgers.ts'
export {
  type FetchModelOptions,
  type FetchProgress,
  type ModelProgress,
  totalBytes,
} from './model-files.ts'
export * from './model-store.ts'
export type * from './records.ts'
export type * from './stores.ts'
export type { ChunkSource, FindTabs, Giver } from './swarm/chunk-source.ts'
