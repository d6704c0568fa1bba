/**
 * What a process keeps, in SQLite.
 * @module
 */
import type { Stores } from '../stores.ts'
import { createTableStores } from '../table-stores.ts'
import { openTables } from './tables.ts'

/**
 * @param path - of the file, which is made; null keeps all in memory
 * @throws WeftError `storage/folder-in-use`, `storage/folder`
 */
export function openSqliteStores(path: string | null): Stores {
  return createTableStores(openTables(path))
}
