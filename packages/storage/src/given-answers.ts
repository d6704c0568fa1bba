/**
 * Answers that a key of this browser has signed, with the conversations, for as long as a court may ask about them.
 * Bounded in bytes. Of what is kept only sizes and times are in memory.
 * @module
 */
import type { AuditRequest } from '@weft/protocol'
import type { Database } from './database.ts'

/** A plain value that IndexedDB takes as it is. */
export type GivenAnswer = {
  /** Of the key, by which it is found again after a reload. */
  owner: string
  /** Of the receipt. */
  id: string
  /** It is removed then, since 1970. */
  keptUntilMs: number
  /** What nobody has paid for gives way first: it costs nothing to ask for. */
  isPaid: boolean
  claim: Omit<AuditRequest, 'court'>
}

/** Where they are kept. */
export interface GivenAnswerRecords {
  /** One after the other. */
  each(owner: string, visit: (answer: GivenAnswer) => void): Promise<void>
  get(owner: string, id: string): Promise<GivenAnswer | undefined>
  /** And removes others of the same owner, in one transaction. */
  put(answer: GivenAnswer, without: readonly string[]): Promise<void>
  /** Removes what is kept for no longer, of all owners. */
  expire(nowMs: number): Promise<void>
}

export type GivenAnswers = {
  count(): number
  get(id: string): Promise<GivenAnswer | undefined>
  put(answer: Omit<GivenAnswer, 'owner'>): Promise<void>
  /** Removes what is kept for no longer, of this key and all others. */
  expire(nowMs: number): Promise<void>
}

type Known = { keptUntilMs: number; isPaid: boolean; bytes: number }

/** Some two thousand of them. */
const defaultMaxBytes = 16 * 2 ** 20

export async function openGivenAnswers(
  records: GivenAnswerRecords,
  owner: string,
  { maxBytes = defaultMaxBytes }: { maxBytes?: number } = {},
): Promise<GivenAnswers> {
  const known = new Map<string, Known>()
  let hasLooked = false
  await records.each(owner, (answer) => known.set(answer.id, knownOf(answer)))

  /** Until no more is kept than may be. @returns the ids of what goes */
  function tooMany(): string[] {
    let bytes = 0
    for (const each of known.values()) bytes += each.bytes
    const first = [...known].sort(
      ([, a], [, b]) => Number(a.isPaid) - Number(b.isPaid) || a.keptUntilMs - b.keptUntilMs,
    )
    const going: string[] = []
    for (const [id, each] of first) {
      if (bytes <= maxBytes) break
      bytes -= each.bytes
      going.push(id)
    }
    return going
  }

  return {
    count: () => known.size,
    get: (id) => records.get(owner, id),
    async put(answer) {
      const record = { ...answer, owner }
      known.set(answer.id, knownOf(record))
      const going = tooMany()
      for (const id of going) known.delete(id)
      await records.put(record, going)
    },
    async expire(nowMs) {
      const over = [...known].filter(([, { keptUntilMs }]) => keptUntilMs <= nowMs)
      // Of keys that are not in use any more it is enough to look once.
      if (over.length === 0 && hasLooked) return
      hasLooked = true
      for (const [id] of over) known.delete(id)
      await records.expire(nowMs)
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
    get: (owner, id) => database.get('givenAnswers', [owner, id]),
    async put(answer, without) {
      const { store, done } = database.transaction('givenAnswers', 'readwrite')
      const removed = without.map((id) => store.delete([answer.owner, id]))
      // One that is too large for all there is goes at once.
      const kept = without.includes(answer.id) ? [] : [store.put(answer)]
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

function knownOf({ keptUntilMs, isPaid, claim }: GivenAnswer): Known {
  const { job, tokens, receipt } = claim
  // A string takes two bytes a character at most, a token eight; the rest is small.
  const text = job.messages.reduce((sum, { content }) => sum + content.length, 0)
  const bytes = 1_024 + 2 * text + 8 * tokens.length + 32 * receipt.tokenChain.length
  return { keptUntilMs, isPaid, bytes }
}
