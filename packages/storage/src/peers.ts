/**
 * What this browser has seen of other peers, in IndexedDB. Bounded: those seen longest ago go first.
 * @module
 */
import type { Database } from './database.ts'
import type { PeerRecord } from './records.ts'

/** A record has about 300 bytes; nobody deals with more nodes in a week. */
export const maxPeersKept = 500

/** @returns records, the one seen last at the end */
export function listPeers(database: Database): Promise<PeerRecord[]> {
  return database.getAllFromIndex('peers', 'by-seen')
}

/**
 * Changes records in one transaction, so that what two tabs add at the same time is both kept.
 * @param changes - by PeerId; each gets the record as it is now
 * @returns the changed records
 */
export async function updatePeers(
  database: Database,
  changes: ReadonlyMap<string, (before: PeerRecord | undefined) => PeerRecord>,
  { maxPeers = maxPeersKept }: { maxPeers?: number } = {},
): Promise<PeerRecord[]> {
  const transaction = database.transaction('peers', 'readwrite')
  const { store } = transaction
  const changed: PeerRecord[] = []
  for (const [peerId, change] of changes) {
    const record = change(await store.get(peerId))
    await store.put(record)
    changed.push(record)
  }
  let tooMany = (await store.count()) - maxPeers
  let cursor = tooMany > 0 ? await store.index('by-seen').openCursor() : null
  for (; cursor && tooMany > 0; tooMany -= 1) {
    await cursor.delete()
    cursor = await cursor.continue()
  }
  await transaction.done
  return changed
}

export async function clearPeers(database: Database): Promise<void> {
  await database.clear('peers')
}
