/**
 * Answers that a key of this browser has signed, with the conversations, for as long as a court may ask about them.
 * Bounded in bytes. Of what is kept only sizes and times are in memory.
 * @module
 */
import { type AuditRequest, auditRequestSchema, decode, encode } from '@weft/protocol'
import type { Database } from './database.ts'

/** What is said of one without reading it. */
export type GivenAnswerEntry = {
  /** Of the key, by which it is found again after a reload. */
  owner: string
  /** Of the receipt. */
  id: string
  /** It is removed then, since 1970. */
  keptUntilMs: number
  /** What nobody has paid for gives way first: it costs nothing to ask for. */
  isPaid: boolean
  /** Of `request`. */
  bytes: number
}

/** A plain value that IndexedDB takes as it is. */
export type GivenAnswerRecord = GivenAnswerEntry & {
  /** What a panel is shown, in canonical CBOR: all of it counts, whatever a stranger has put where. */
  request: Uint8Array
}

/** Where they are kept. */
export interface GivenAnswerRecords {
  /** One after the other. */
  each(owner: string, visit: (entry: GivenAnswerEntry) => void): Promise<void>
  get(owner: string, id: string): Promise<Uint8Array | undefined>
  /** And removes others of the same owner, in one transaction. */
  put(record: GivenAnswerRecord, without: readonly string[]): Promise<void>
  /** Removes what is kept for no longer, of all owners. */
  expire(nowMs: number): Promise<void>
}

export type GivenAnswer = Pick<GivenAnswerEntry, 'id' | 'keptUntilMs' | 'isPaid'> & {
  claim: Omit<AuditRequest, 'court'>
}

export type GivenAnswers = {
  count(): number
  get(id: string): Promise<AuditRequest | undefined>
  /** @throws TooLargeError for one that fits into no question to a panel; what the store throws */
  put(answer: GivenAnswer): Promise<void>
  /** Removes what is kept for no longer, of this key and all others. */
  expire(nowMs: number): Promise<void>
}

type Known = Pick<GivenAnswerEntry, 'keptUntilMs' | 'isPaid' | 'bytes'>

/** Some thousands of short conversations. */
const defaultMaxBytes = 16 * 2 ** 20
/** What one takes beside its bytes: ids, an index. */
const entryBytes = 512

export async function openGivenAnswers(
  records: GivenAnswerRecords,
  owner: string,
  { maxBytes = defaultMaxBytes }: { maxBytes?: number } = {},
): Promise<GivenAnswers> {
  const known = new Map<string, Known>()
  let keptBytes = 0
  let hasLooked = false
  await records.each(owner, remember)
  /** Each decides by what those before have left. */
  let last: Promise<unknown> = Promise.resolve()

  function remember({ id, keptUntilMs, isPaid, bytes }: Known & { id: string }): void {
    forget(id)
    known.set(id, { keptUntilMs, isPaid, bytes })
    keptBytes += bytes + entryBytes
  }

  function forget(id: string): void {
    const entry = known.get(id)
    if (entry) keptBytes -= entry.bytes + entryBytes
    known.delete(id)
  }

  /** Until no more is kept than may be. @returns the ids of what goes, perhaps of the new one itself */
  function tooMany(id: string, next: Known): string[] {
    const before = known.get(id)?.bytes ?? -entryBytes
    let over = keptBytes + next.bytes - before - maxBytes
    if (over <= 0) return []
    const first = [...new Map(known).set(id, next)].sort(
      ([, a], [, b]) => Number(a.isPaid) - Number(b.isPaid) || a.keptUntilMs - b.keptUntilMs,
    )
    const going: string[] = []
    for (const [each, { bytes }] of first) {
      if (over <= 0) break
      over -= bytes + entryBytes
      going.push(each)
    }
    return going
  }

  async function put({ claim, id, keptUntilMs, isPaid }: GivenAnswer): Promise<void> {
    const shown = { ...claim, court: null }
    const request = encode('answer to keep', auditRequestSchema, shown)
    const record = { owner, id, keptUntilMs, isPaid, bytes: request.length, request }
    const going = tooMany(id, record)
    await records.put(record, going)
    remember(record)
    for (const each of going) forget(each)
  }

  return {
    count: () => known.size,
    async get(id) {
      const request = await records.get(owner, id)
      return request && decode('kept answer', auditRequestSchema, request)
    },
    put(answer) {
      const done = last.then(() => put(answer))
      last = done.catch(() => {})
      return done
    },
    async expire(nowMs) {
      const over = [...known].filter(([, { keptUntilMs }]) => keptUntilMs <= nowMs)
      // Of keys that are not in use any more it is enough to look once.
      if (over.length === 0 && hasLooked) return
      await records.expire(nowMs)
      hasLooked = true
      for (const [id] of over) forget(id)
    },
  }
}

export function createGivenAnswers(database: Database): GivenAnswerRecords {
  return {
    async each(owner, visit) {
      const all = IDBKeyRange.bound([owner], [owner, []])
      const first = database.transaction('givenAnswers').store.openCursor(all)
      for (let cursor = await first; cursor; cursor = await cursor.continue()) visit(cursor.value)
    },
    get: async (owner, id) => (await database.get('givenAnswers', [owner, id]))?.request,
    async put(record, without) {
      const { store, done } = database.transaction('givenAnswers', 'readwrite')
      const removed = without.map((id) => store.delete([record.owner, id]))
      // One that is too large for all there is goes at once.
      const kept = without.includes(record.id) ? [] : [store.put(record)]
      await Promise.all([...removed, ...kept, done])
    },
    async expire(nowMs) {
      const { store, done } = database.transaction('givenAnswers', 'readwrite')
      const over = store.index('by-end').openCursor(IDBKeyRange.upperBound(nowMs))
      for (let cursor = await over; cursor; cursor = await cursor.continue()) await cursor.delete()
      await done
    },
  }
}
