/**
 * What a tab remembers: plain values that fit IndexedDB as they are.
 * @module
 */
import type {
  FinishReason,
  Job,
  Manifest,
  Price,
  Quote,
  Receipt,
  WeftErrorData,
} from '@weft/protocol'
import type { CheckRecord, Grade } from './check-records.ts'

/** One answer, whole or not. */
export type AnswerRecord = {
  job: Job
  /** Reveals the seed together with the job; null until a node has quoted. */
  nonce: Uint8Array | null
  text: string
  tokens: number[]
  /** By the node that answered last, of the windows that it filled; none where the job asks for none. */
  fingerprints: Uint8Array[]
  /** Oldest messages that did not fit the model and were left out; null until that is known. */
  droppedMessages: number | null
  /** Which peer made which tokens and text, in UTF-16 units: each segment runs to the start of the next. */
  segments: { peerId: string; startToken: number; startChar: number }[]
  /** Nodes that were lost on the way, in order. */
  handovers: Handover[]
  /** `local` when this tab's own engine answered. */
  where: 'network' | 'local'
  /** Null while it streams and when it failed. */
  finishReason: FinishReason | null
  /** The node's commitment, and its signed statement at the end; null for local answers. */
  quote: Quote | null
  receipt: Receipt | null
  /** What each node is owed, in the order in which they began; empty for local answers. */
  bills: NodeBill[]
  /** From sending to the first token, null before it. */
  firstTokenMs: number | null
  /** From the first to the last token. */
  decodeMs: number
  error: WeftErrorData | null
  /** Result of computing the same job again on this device. */
  recheck: RecheckRecord | null
  /** How far it was to be checked; null for local answers. */
  grade: Grade | null
  /** What other tabs say of it; null where none was to be asked. */
  check: CheckRecord | null
  /** What other tabs answered to the same job at the same time; null unless that was the grade. */
  quorum: QuorumRecord | null
}

/** The same job, the same seed, by several tabs at once. */
export type QuorumRecord = {
  /** Tabs that were to answer, the shown one among them. */
  size: number
  /** The others that began: fewer where nobody else served the model. */
  witnesses: Witness[]
}

export type Witness = {
  /** Its own, whole; it has no witnesses itself. */
  answer: AnswerRecord
  /** The first token in which it is not the shown answer's, perhaps the end; null where both are the same so far. */
  partsAt: number | null
}

/** What one node is owed for its part of an answer. */
export type NodeBill = {
  peerId: string
  price: Price
  inputTokens: number
  outputTokens: number
  /**
   * To the wei what was or will be paid: that of the tokens, less where the node lied or said nothing.
   */
  costWei: bigint
}

/** One node lost, the next one found. */
export type Handover = {
  /** Who was lost. */
  peerId: string
  /** How many tokens the answer had. */
  tokens: number
  error: WeftErrorData
  /** From the last token before to the first one after it; null while that is waited for. */
  gapMs: number | null
}

export type RecheckRecord = {
  /** Tokens of the answer that were recomputed. */
  tokens: number
  /** Position of the first token that differs, null when all are the same. */
  firstDifference: number | null
  atMs: number
}

export type Turn = {
  id: string
  prompt: string
  answer: AnswerRecord
}

export type Conversation = {
  id: string
  /** The first prompt, shortened. */
  title: string
  createdAtMs: number
  updatedAtMs: number
  turns: Turn[]
}

export type ConversationSummary = Omit<Conversation, 'turns'> & { turnCount: number }

/** A model of which something is kept; written before its first chunk is. */
export type ModelRecord = {
  modelCid: string
  manifest: Manifest
  /** Whether it came from files of this device. */
  isImported: boolean
  /** The tab that its manifest came from; null for those of a site or of this device. */
  publisher: string | null
  /** When it was loaded or imported last. */
  lastUsedAtMs: number
}

/** What this browser has seen of a peer. */
export type PeerRecord = {
  peerId: string
  /** When something was noted last; what is counted is as of then and fades. */
  seenAtMs: number
  /** Times it was lost or gave up. */
  failures: number
  /** Times it sent what no honest peer sends. */
  lies: number
  /** Answers of it that most of the asked verifiers call false. */
  falseAnswers: number
  /** Answers of it that verifiers were not sure of. */
  doubts: number
  /** Round trip when it answered last. */
  rttMs: number | null
  /** Measured over its answers, the newest model first. */
  speeds: { modelCid: string; tokensPerSecond: number }[]
}

/** What this browser gives to others. */
export type StoringRecord = {
  /** Models that a person chose to share, by CID. */
  shared: string[]
  limits: UploadLimits
  givenBytes: number
  /** Of `givenBytes`, those of one day, as `2026-01-31` in local time. */
  today: { day: string; bytes: number }
}

export type UploadLimits = {
  /** To all peers together; null: as fast as the line is. */
  bytesPerSecond: number | null
  /** Peers that are given chunks at the same time, at least 1. */
  maxPeers: number
}
