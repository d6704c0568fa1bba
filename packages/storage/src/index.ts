/**
 * What a tab keeps: its identity, its history, and model files by hash.
 * @module
 */
export type * from './check-records.ts'
export { openChunkStore } from './chunk-store.ts'
export { type Database, type OpenDatabaseOptions, openDatabase } from './database.ts'
export * from './history.ts'
export * from './identity.ts'
export type { ImportReport } from './import-model.ts'
export { createLedgers, type LedgerEntry, type Ledgers, type OpenLedger } from './ledgers.ts'
export {
  type FetchModelOptions,
  type FetchProgress,
  type ModelProgress,
  totalBytes,
} from './model-files.ts'
export * from './model-store.ts'
export * from './peers.ts'
export type * from './records.ts'
export * from './storing.ts'
export type { ChunkSource, FindTabs, Giver } from './swarm/chunk-source.ts'
