/**
 * What this browser gives to others: the person's wish, and what was given, over visits.
 * @module
 */
import type { Database } from './database.ts'
import type { StoringRecord } from './records.ts'

const key = 'self'

export const noStoring: StoringRecord = {
  shared: [],
  // A tenth of a common upstream line, so that nobody notices before it was chosen.
  limits: { bytesPerSecond: 1_000_000, maxPeers: 4 },
  givenBytes: 0,
  today: { day: '', bytes: 0 },
}

export async function readStoring(database: Database): Promise<StoringRecord> {
  return (await database.get('storing', key)) ?? noStoring
}

/** Reads and writes in one transaction: several tabs do this. @returns what is kept now */
export async function changeStoring(
  database: Database,
  change: (record: StoringRecord) => StoringRecord,
): Promise<StoringRecord> {
  const transaction = database.transaction('storing', 'readwrite')
  const next = change((await transaction.store.get(key)) ?? noStoring)
  await Promise.all([transaction.store.put(next, key), transaction.done])
  return next
}
