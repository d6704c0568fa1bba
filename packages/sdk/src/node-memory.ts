/**
 * What this browser has seen of nodes: how fast they really are, how often they failed it lately, who
 * lied. At hand at once, written down lazily, shared by its tabs.
 * @module
 */
import type { Hex, Offer, Outcome } from '@weft/protocol'
import type { PeerRecord } from '@weft/storage'
import { type Cell, createCell } from './cell.ts'
import { createConvicts } from './checking/convicts.ts'
import { costMs, type Wanted } from './node-cost.ts'

export type NodeMemory = {
  /** See node-cost.ts. */
  costMs(offer: Offer, wanted: Wanted): number
  answered(peerId: string, answer: Answered): void
  /** It was lost, or gave up. */
  failed(peerId: string): void
  /** It sent what no honest node sends. */
  lied(peerId: string): void
  /** Whether it did so not long ago, or was convicted of it. */
  isLiar(peerId: string): boolean
  /** These keys lost stake for a false answer: nothing more is asked of them. */
  convicted(addresses: readonly Hex[]): void
  /** What verifiers, as a whole, say of an answer of it. */
  judged(peerId: string, outcome: Outcome): void
  /** Whether it was found to answer falsely not long ago, or convicted of it: it gets no jobs. */
  isFalse(peerId: string): boolean
  /** Those of them that this browser found out itself. */
  readonly falseNodes: Cell<ReadonlySet<string>>
  /** It said so itself, for about so long. */
  busy(peerId: string, ms: number): void
  /** Nodes that this browser remembers. */
  readonly count: Cell<number>
  /** All that this browser has seen. What courts have said is public, and stays. */
  forget(): Promise<void>
  /** Writes down what is not written yet. Never rejects. */
  flush(): Promise<void>
}

type Answered = {
  modelCid: string
  tokens: number
  /** From the acceptance to the receipt. */
  ms: number
  rttMs: number | null
}

/** Where it is kept; the default keeps it as long as the page. */
export type PeerStore = {
  list(): Promise<PeerRecord[]>
  /** Changes records in one transaction. @returns them as they are then */
  update(changes: ReadonlyMap<string, PeerChange>): Promise<PeerRecord[]>
  clear(): Promise<void>
}

type PeerChange = (before: PeerRecord | undefined) => PeerRecord

export type NodeMemoryInit = { now?: () => number; store?: PeerStore }

/** A failure counts half after so long: tabs that were closed come back. */
const failureHalfLifeMs = 10 * 60_000
/** A liar does not become honest overnight. */
const lieHalfLifeMs = 7 * 24 * 60 * 60_000
/** Rare with honest devices, and then by chance: it is no mark for long. */
const doubtHalfLifeMs = 24 * 60 * 60_000
/** What is left of a lie, or a false answer, from which on it is held against a peer: of one, for a week. */
const leastHeldAgainst = 0.5
/** How much the newest answer weighs in what is known of a node's speed. */
const newestWeight = 0.5
/** Too few tokens say more about the first one than about speed. */
const leastTokens = 8
/** Models of one node whose speeds are kept. */
const maxSpeeds = 4
/** A node's word about its own queue is taken for so long. */
const longestBusyMs = 60_000
/** Writing is for moments when nothing streams. */
const flushAfterMs = 500
/** In memory, beside what the store bounds; identities cost nothing. */
const maxPeers = 1_000

export function createNodeMemory({
  now = () => Date.now(),
  store,
}: NodeMemoryInit = {}): NodeMemory {
  const known = new Map<string, PeerRecord>()
  const busyUntilMs = new Map<string, number>()
  const convicts = createConvicts()
  const count = createCell(0)
  const falseNodes = createCell<ReadonlySet<string>>(new Set())
  let unwritten = new Map<string, PeerChange[]>()
  let timer: ReturnType<typeof setTimeout> | undefined
  let writing: Promise<void> = load()

  async function load(): Promise<void> {
    try {
      for (const record of (await store?.list()) ?? []) {
        // What this page has seen meanwhile is added to it by the next flush.
        if (!known.has(record.peerId)) keep(record)
      }
    } catch {
      // Without what is kept, every node is new.
    }
  }

  function keep(record: PeerRecord): void {
    known.delete(record.peerId)
    known.set(record.peerId, record)
    trim(known)
    count.set(known.size)
    const isFalse = isFalseNode(decay(record, record.peerId, now()))
    if (isFalse === falseNodes.get().has(record.peerId)) return
    const others = [...falseNodes.get()].filter((peerId) => peerId !== record.peerId)
    falseNodes.set(new Set(isFalse ? [...others, record.peerId] : others))
  }

  function note(peerId: string, change: PeerChange): void {
    keep(change(known.get(peerId)))
    if (!store) return
    unwritten.set(peerId, [...(unwritten.get(peerId) ?? []), change])
    timer ??= setTimeout(() => void flush(), flushAfterMs)
  }

  /** Waits for the write under way: of two, none may undo the other. */
  function flush(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    writing = writing.then(write)
    return writing
  }

  async function write(): Promise<void> {
    const changes = unwritten
    unwritten = new Map()
    if (!store || changes.size === 0) return
    try {
      const written = await store.update(new Map([...changes].map(([id, each]) => [id, all(each)])))
      for (const record of written) {
        // Another tab may have added to it.
        const since = unwritten.get(record.peerId) ?? []
        keep(since.reduce((before, change) => change(before), record))
      }
    } catch {
      // Storage is full or the page outdated: this page still knows.
    }
  }

  return {
    costMs(offer, wanted) {
      const { peerId } = offer.registration
      if (convicts.has(peerId)) return Number.POSITIVE_INFINITY
      const nowMs = now()
      const record = decay(known.get(peerId), peerId, nowMs)
      const { speeds, rttMs, failures, lies, doubts } = record
      const speed = speeds.find(({ modelCid }) => modelCid === wanted.modelCid)
      return costMs(
        offer,
        {
          tokensPerSecond: speed?.tokensPerSecond ?? null,
          rttMs,
          failures,
          lies,
          doubts,
          isFalse: isFalseNode(record),
          busyMs: Math.max(0, (busyUntilMs.get(peerId) ?? 0) - nowMs),
        },
        wanted,
      )
    },
    answered(peerId, answer) {
      const atMs = now()
      busyUntilMs.delete(peerId)
      note(peerId, (before) => withAnswer(decay(before, peerId, atMs), answer))
    },
    failed(peerId) {
      const atMs = now()
      note(peerId, (before) => {
        const record = decay(before, peerId, atMs)
        return { ...record, failures: record.failures + 1 }
      })
    },
    lied(peerId) {
      const atMs = now()
      note(peerId, (before) => {
        const record = decay(before, peerId, atMs)
        return { ...record, lies: record.lies + 1 }
      })
    },
    isLiar: (peerId) =>
      convicts.has(peerId) || decay(known.get(peerId), peerId, now()).lies >= leastHeldAgainst,
    convicted: (addresses) => convicts.add(addresses),
    judged(peerId, outcome) {
      const atMs = now()
      note(peerId, (before) => withOutcome(decay(before, peerId, atMs), outcome))
    },
    isFalse: (peerId) =>
      convicts.has(peerId) || isFalseNode(decay(known.get(peerId), peerId, now())),
    falseNodes,
    busy(peerId, ms) {
      busyUntilMs.delete(peerId)
      busyUntilMs.set(peerId, now() + Math.min(ms, longestBusyMs))
      trim(busyUntilMs)
    },
    count,
    async forget() {
      await flush()
      known.clear()
      busyUntilMs.clear()
      count.set(0)
      falseNodes.set(new Set())
      await store?.clear()
    },
    flush,
  }
}

const all =
  (changes: readonly PeerChange[]): PeerChange =>
  (before) => {
    const after = changes.reduce<PeerRecord | undefined>((record, change) => change(record), before)
    if (!after) throw new Error('A change without a change.')
    return after
  }

/** The oldest go first. */
function trim(map: Map<string, unknown>): void {
  for (const oldest of map.keys()) {
    if (map.size <= maxPeers) return
    map.delete(oldest)
  }
}

function decay(record: PeerRecord | undefined, peerId: string, atMs: number): PeerRecord {
  if (!record) {
    const none = { failures: 0, lies: 0, falseAnswers: 0, doubts: 0 }
    return { peerId, seenAtMs: atMs, ...none, rttMs: null, speeds: [] }
  }
  // Clocks are set back, too.
  const agoMs = Math.max(0, atMs - record.seenAtMs)
  return {
    ...record,
    seenAtMs: Math.max(atMs, record.seenAtMs),
    failures: record.failures * 0.5 ** (agoMs / failureHalfLifeMs),
    lies: record.lies * 0.5 ** (agoMs / lieHalfLifeMs),
    falseAnswers: record.falseAnswers * 0.5 ** (agoMs / lieHalfLifeMs),
    doubts: record.doubts * 0.5 ** (agoMs / doubtHalfLifeMs),
  }
}

/** @param record - as of now */
const isFalseNode = ({ falseAnswers }: PeerRecord) => falseAnswers >= leastHeldAgainst

function withOutcome(record: PeerRecord, outcome: Outcome): PeerRecord {
  switch (outcome) {
    case 'passed':
      return { ...record, doubts: record.doubts / 2 }
    case 'suspicious':
      return { ...record, doubts: record.doubts + 1 }
    case 'failed':
      return { ...record, falseAnswers: record.falseAnswers + 1 }
  }
}

function withAnswer(record: PeerRecord, { modelCid, tokens, ms, rttMs }: Answered): PeerRecord {
  const next = { ...record, rttMs: rttMs ?? record.rttMs }
  if (tokens < leastTokens || ms <= 0) return next
  const newest = (1000 * tokens) / ms
  const before = record.speeds.find((speed) => speed.modelCid === modelCid)
  const others = record.speeds.filter((speed) => speed !== before)
  const tokensPerSecond = before
    ? before.tokensPerSecond + newestWeight * (newest - before.tokensPerSecond)
    : newest
  return { ...next, speeds: [{ modelCid, tokensPerSecond }, ...others].slice(0, maxSpeeds) }
}
