/**
 * What a tab keeps: its identity, its history, and model files by hash.
 * @module
 */
export * from './chunk-store.ts'
export { type Database, openDatabase } from './database.ts'
export * from './history.ts'
export * from './identity.ts'
export * from './model-files.ts'
export type * from './records.ts'
