/**
 * What a tab keeps: its identity, its history, and model files by hash.
 * @module
 */
export type * from './records.ts'
