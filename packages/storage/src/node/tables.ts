/**
 * Tables of plain values in one SQLite file. Values are kept as IndexedDB keeps them, by structured clone, so
 * bytes and bigints stay what they are.
 * https://nodejs.org/api/sqlite.html https://nodejs.org/api/v8.html#serialization-api
 * @module
 */
import { DatabaseSync } from 'node:sqlite'
import { deserialize, serialize } from 'node:v8'
import { WeftError } from '@weft/protocol'
import type { Tables } from '../table-stores.ts'

/**
 * The file belongs to this process until it is closed or the process ends.
 * @param path - null: in memory alone
 * @throws WeftError `storage/folder-in-use`, `storage/folder`
 */
export function openTables(path: string | null): Tables {
  const database = openExclusively(path)
  database.exec(
    'CREATE TABLE IF NOT EXISTS entries (store TEXT, key TEXT, value BLOB, PRIMARY KEY (store, key)) WITHOUT ROWID',
  )
  const get = database.prepare('SELECT value FROM entries WHERE store = ? AND key = ?')
  const all = database.prepare(
    'SELECT value FROM entries WHERE store = ? AND substr(key, 1, length(?)) = ? ORDER BY key',
  )
  const put = database.prepare('INSERT OR REPLACE INTO entries VALUES (?, ?, ?)')
  const remove = database.prepare('DELETE FROM entries WHERE store = ? AND key = ?')
  const clear = database.prepare('DELETE FROM entries WHERE store = ?')
  return {
    table: <Value>(name: string) => ({
      get: (key: string) => contentOf<Value>(get.get(name, key)),
      all: (prefix = '') =>
        all.all(name, prefix, prefix).flatMap((row) => contentOf<Value>(row) ?? []),
      put: (key: string, value: Value) => void put.run(name, key, serialize(value)),
      remove: (key: string) => void remove.run(name, key),
      clear: () => void clear.run(name),
    }),
    inTransaction(work) {
      database.exec('BEGIN IMMEDIATE')
      try {
        const result = work()
        database.exec('COMMIT')
        return result
      } catch (error) {
        database.exec('ROLLBACK')
        throw error
      }
    },
    close() {
      if (database.isOpen) database.close()
    },
  }
}

function openExclusively(path: string | null): DatabaseSync {
  try {
    const database = new DatabaseSync(path ?? ':memory:')
    // The first write takes the lock, and nothing but the end of the process or a close gives it back.
    database.exec(
      'PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = FULL; PRAGMA user_version = 1',
    )
    return database
  } catch (cause) {
    const isLocked = cause instanceof Error && /locked|busy/i.test(cause.message)
    throw isLocked
      ? new WeftError('storage/folder-in-use', `Another process works with ${path}.`, {
          facts: ['Stop it, or give this one a folder of its own: a key has one owner.'],
          cause,
        })
      : WeftError.from(cause, 'storage/folder', `Cannot work with ${path}.`)
  }
}

function contentOf<Value>(row: Record<string, unknown> | undefined): Value | undefined {
  return row ? (deserialize(row.value as Uint8Array) as Value) : undefined
}
