/**
 * What a tab keeps beside model files, whoever keeps it: IndexedDB in a browser (`browser-stores.ts`), a
 * folder in Node (`node/`).
 * @module
 */

import type { Hex } from '@weft/protocol'
import type { AnswerPlace } from './check-records.ts'
import type { CreditRecord } from './credit-records.ts'
import type { GivenAnswerRecords } from './given-answers.ts'
import type { Ledgers } from './ledgers.ts'
import type {
  AnswerRecord,
  Conversation,
  ConversationSummary,
  ModelRecord,
  PeerRecord,
  StoringRecord,
} from './records.ts'

export interface Stores {
  readonly history: HistoryStore
  readonly models: ModelRecords
  readonly peers: PeerStore
  readonly storing: StoringStore
  readonly ledgers: Ledgers
  readonly givenAnswers: GivenAnswerRecords
  readonly credits: CreditStore
  close(): void
}

export interface HistoryStore {
  /** The latest first. */
  list(): Promise<ConversationSummary[]>
  get(id: string): Promise<Conversation | undefined>
  put(conversation: Conversation): Promise<void>
  remove(id: string): Promise<void>
  /** Answers of all conversations, the one that was changed last at the end. */
  findAnswers(isWanted: (answer: AnswerRecord) => boolean): Promise<FoundAnswer[]>
  /** Changes one answer where it is kept, in one transaction; one that is gone stays gone. */
  changeAnswer(place: AnswerPlace, change: (answer: AnswerRecord) => AnswerRecord): Promise<void>
}

export type FoundAnswer = { place: AnswerPlace; answer: AnswerRecord }

/** Models of which chunks are kept. */
export interface ModelRecords {
  list(): Promise<ModelRecord[]>
  get(modelCid: string): Promise<ModelRecord | undefined>
  put(record: ModelRecord): Promise<void>
  remove(modelCid: string): Promise<void>
}

/** Bounded: of more than 500 peers those seen longest ago go. */
export interface PeerStore {
  /** The one seen last at the end. */
  list(): Promise<PeerRecord[]>
  /** In one transaction. @param changes - by PeerId @returns the changed records */
  update(changes: PeerChanges): Promise<PeerRecord[]>
  clear(): Promise<void>
}

export type PeerChanges = ReadonlyMap<string, (before: PeerRecord | undefined) => PeerRecord>

/** What is given to others: the person's wish, and what was given. */
export interface StoringStore {
  read(): Promise<StoringRecord>
  /** In one transaction. @returns what is kept now */
  change(step: (record: StoringRecord) => StoringRecord): Promise<StoringRecord>
}

/** Secrets that are worth money: on the disk before they count, and shared by all tabs of a browser. */
export interface CreditStore {
  list(): Promise<CreditRecord[]>
  put(record: CreditRecord): Promise<void>
  /** In one transaction, whatever other tabs do. @returns what is kept now, undefined where there is none */
  change(id: Hex, change: (record: CreditRecord) => CreditRecord): Promise<CreditRecord | undefined>
}
