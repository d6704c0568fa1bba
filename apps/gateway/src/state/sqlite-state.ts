/**
 * Shared state in a file, for the gateways of one machine: what was spent outlives them. In memory where there is
 * no file.
 * @module
 */
import { DatabaseSync } from 'node:sqlite'
import { WeftError } from '@weft/protocol'
import type { SharedState } from './shared-state.ts'

const sweepMs = 60_000
/** For a process that writes at the same time. */
const busyMs = 5_000

const tables = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA busy_timeout = ${busyMs};
  CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, total INTEGER, endsMs INTEGER) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS texts (name TEXT PRIMARY KEY, text TEXT, endsMs INTEGER) STRICT, WITHOUT ROWID;
`

/** @param path - of the file; `:memory:` for none. @throws WeftError `gateway/state` */
export function openSqliteState(path: string): SharedState {
  const database = open(path)
  const statement = (sql: string) => {
    const prepared = database.prepare(sql)
    prepared.setReadBigInts(true)
    return prepared
  }
  const add = statement(`
    INSERT INTO counters VALUES ($name, $amount, $endsMs) ON CONFLICT (name) DO UPDATE SET
      total = excluded.total + iif(endsMs > $nowMs, total, 0), endsMs = excluded.endsMs
    RETURNING total`)
  const total = statement('SELECT total FROM counters WHERE name = $name AND endsMs > $nowMs')
  const claim = statement(`
    INSERT INTO texts VALUES ($name, '', $endsMs) ON CONFLICT (name) DO UPDATE SET
      text = excluded.text, endsMs = excluded.endsMs WHERE endsMs <= $nowMs`)
  const keep = statement('INSERT OR REPLACE INTO texts VALUES ($name, $text, $endsMs)')
  const find = statement('SELECT text FROM texts WHERE name = $name AND endsMs > $nowMs')
  const remove = statement('DELETE FROM texts WHERE name = $name')
  const sweeps = ['counters', 'texts'].map((table) =>
    statement(`DELETE FROM ${table} WHERE endsMs <= $nowMs`),
  )
  const sweeping = setInterval(() => {
    for (const sweep of sweeps) sweep.run({ $nowMs: Date.now() })
  }, sweepMs).unref()
  const until = (ttlMs: number) => ({ $nowMs: Date.now(), $endsMs: Date.now() + ttlMs })

  const readTotal = ($name: string) =>
    BigInt((total.get({ $name, $nowMs: Date.now() })?.total ?? 0n) as bigint)

  /** Other processes write before it or behind it. */
  function atOnce<Result>(action: () => Result): Result {
    database.exec('BEGIN IMMEDIATE')
    try {
      const result = action()
      database.exec('COMMIT')
      return result
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK')
      throw error
    }
  }

  return {
    async add($name, $amount, ttlMs, beside = []) {
      const change = () => BigInt(add.get({ $name, $amount, ...until(ttlMs) })?.total as bigint)
      if (beside.length === 0) return change()
      return atOnce(() => beside.reduce((known, each) => known + readTotal(each), change()))
    },
    read: async (name) => readTotal(name),
    claim: async ($name, ttlMs) => claim.run({ $name, ...until(ttlMs) }).changes === 1n,
    release: async ($name) => void remove.run({ $name }),
    keep: async ($name, $text, ttlMs) =>
      void keep.run({ $name, $text, $endsMs: Date.now() + ttlMs }),
    find: async ($name) => (find.get({ $name, $nowMs: Date.now() })?.text ?? null) as string | null,
    async close() {
      clearInterval(sweeping)
      database.close()
    },
  }
}

function open(path: string): DatabaseSync {
  try {
    const database = new DatabaseSync(path)
    database.exec(tables)
    return database
  } catch (error) {
    throw WeftError.from(error, 'gateway/state', `Cannot keep what is spent in ${path}.`)
  }
}
