/**
 * What a process keeps in a folder of its own; Node only.
 * @module
 */
export { noChunks } from '../chunk-store.ts'
export { createLocks } from '../memory-locks.ts'
export { openFolderChunks } from './folder-chunks.ts'
export { type FolderIdentity, openFolderIdentity } from './folder-identity.ts'
export { openSqliteStores } from './sqlite-stores.ts'
