/**
 * What a process keeps, in tables of plain values: SQLite's, or those of a page that may keep nothing.
 * @module
 */

import type { CreditRecord } from './credit-records.ts'
import type { GivenAnswerEntry, GivenAnswerRecords } from './given-answers.ts'
import { answersIn, summaryOf, withAnswer } from './history.ts'
import { type LedgerEntry, type Ledgers, takenOver } from './ledgers.ts'
import { maxPeersKept } from './peers.ts'
import type { Conversation, ModelRecord, PeerRecord, StoringRecord } from './records.ts'
import type { CreditStore, HistoryStore, PeerStore, Stores } from './stores.ts'
import { noStoring } from './storing.ts'

type Table<Value> = {
  get(key: string): Value | undefined
  /** Of keys that begin so, in the order of their keys. */
  all(prefix?: string): Value[]
  put(key: string, value: Value): void
  remove(key: string): void
  clear(): void
}

export type Tables = {
  table<Value>(name: string): Table<Value>
  /** All of it or nothing, kept as well as it will be when it returns. */
  inTransaction<Result>(work: () => Result): Result
  close(): void
}

export function createTableStores(tables: Tables): Stores {
  const models = tables.table<ModelRecord>('models')
  const storing = tables.table<StoringRecord>('storing')
  return {
    history: createHistory(tables),
    models: {
      list: async () => models.all(),
      get: async (modelCid) => models.get(modelCid),
      put: async (record) => models.put(record.modelCid, record),
      remove: async (modelCid) => models.remove(modelCid),
    },
    peers: createPeers(tables),
    storing: {
      read: async () => storing.get('self') ?? noStoring,
      change: async (step) =>
        tables.inTransaction(() => {
          const next = step(storing.get('self') ?? noStoring)
          storing.put('self', next)
          return next
        }),
    },
    ledgers: createLedgers(tables),
    givenAnswers: createGivenAnswers(tables),
    credits: createCredits(tables),
    close: tables.close,
  }
}

function createCredits(tables: Tables): CreditStore {
  const credits = tables.table<CreditRecord>('credits')
  return {
    list: async () => credits.all(),
    put: async (record) => credits.put(record.id, record),
    change: async (id, change) =>
      tables.inTransaction(() => {
        const before = credits.get(id)
        const after = before && change(before)
        if (after) credits.put(id, after)
        return after
      }),
  }
}

function createHistory(tables: Tables): HistoryStore {
  const conversations = tables.table<Conversation>('conversations')
  const byUpdate = () => conversations.all().sort((a, b) => a.updatedAtMs - b.updatedAtMs)
  return {
    list: async () => byUpdate().reverse().map(summaryOf),
    get: async (id) => conversations.get(id),
    put: async (conversation) => conversations.put(conversation.id, conversation),
    remove: async (id) => conversations.remove(id),
    findAnswers: async (isWanted) =>
      byUpdate().flatMap((conversation) => answersIn(conversation, isWanted)),
    async changeAnswer(place, change) {
      tables.inTransaction(() => {
        const kept = conversations.get(place.conversationId)
        if (kept) conversations.put(kept.id, withAnswer(kept, place, change))
      })
    },
  }
}

function createPeers(tables: Tables): PeerStore {
  const peers = tables.table<PeerRecord>('peers')
  const bySeen = () => peers.all().sort((a, b) => a.seenAtMs - b.seenAtMs)
  return {
    list: async () => bySeen(),
    update: async (changes) =>
      tables.inTransaction(() => {
        const changed = [...changes].map(([peerId, change]) => change(peers.get(peerId)))
        for (const record of changed) peers.put(record.peerId, record)
        const all = bySeen()
        const oldest = all.slice(0, Math.max(0, all.length - maxPeersKept))
        for (const { peerId } of oldest) peers.remove(peerId)
        return changed
      }),
    clear: async () => peers.clear(),
  }
}

function createLedgers(tables: Tables): Ledgers {
  const writers = tables.table<string>('ledgerWriters')
  const entries = tables.table<LedgerEntry>('ledgerEntries')
  return {
    async open<Entry extends LedgerEntry>(owner: string) {
      const writer = crypto.randomUUID()
      const keyOf = (id: string) => `${owner}\n${id}`
      const change = async (write: () => void) =>
        tables.inTransaction(() => {
          if (writers.get(owner) !== writer) throw takenOver()
          write()
        })
      const putAll = (changed: readonly LedgerEntry[]) => {
        for (const entry of changed) entries.put(keyOf(entry.id), entry)
      }
      writers.put(owner, writer)
      return {
        records: entries.all(keyOf('')) as Entry[],
        put: (...changed) => change(() => putAll(changed)),
        remove: (id, ...changed) =>
          change(() => {
            entries.remove(keyOf(id))
            putAll(changed)
          }),
      }
    },
  }
}

function createGivenAnswers(tables: Tables): GivenAnswerRecords {
  /** Apart from the conversations, which nobody reads to see what is over. */
  const entries = tables.table<GivenAnswerEntry>('givenAnswerEntries')
  const requests = tables.table<Uint8Array>('givenAnswers')
  const keyOf = (owner: string, id: string) => `${owner}\n${id}`
  const remove = (key: string) => {
    entries.remove(key)
    requests.remove(key)
  }
  return {
    async each(owner, visit) {
      for (const entry of entries.all(keyOf(owner, ''))) visit(entry)
    },
    get: async (owner, id) => requests.get(keyOf(owner, id)),
    put: async ({ request, ...entry }, without) =>
      tables.inTransaction(() => {
        const { owner, id } = entry
        entries.put(keyOf(owner, id), entry)
        requests.put(keyOf(owner, id), request)
        for (const each of without) remove(keyOf(owner, each))
      }),
    expire: async (nowMs) =>
      tables.inTransaction(() => {
        for (const { owner, id, keptUntilMs } of entries.all()) {
          if (keptUntilMs <= nowMs) remove(keyOf(owner, id))
        }
      }),
  }
}
