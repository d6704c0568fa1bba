/**
 * Checks of this tab's answers, behind the person's back: as many as they asked for, one after the other, going on
 * after a reload. Nothing waits for them.
 * @module
 */
import { bytesEqual, bytesToHex, type Manifest, receiptId } from '@weft/protocol'
import type { AnswerPlace, AnswerRecord, CheckRecord } from '@weft/storage'
import type { WaitOptions } from '../tab.ts'
import { askVerifier, claimOf } from './ask-verifier.ts'
import { judge, newCheck, type PursueInit, pursueCheck } from './pursue-check.ts'
import { weigh } from './weigh.ts'

/** Something became known of an answer. */
export type AnswerChange = {
  /** Null where nobody said where it is kept. */
  place: AnswerPlace | null
  /** @returns the answer with it; the same one where it is another answer */
  change(answer: AnswerRecord): AnswerRecord
}

export type AnswerChecksInit = PursueInit & {
  /** What waits since an earlier visit. */
  waiting(): Promise<{ place: AnswerPlace; answer: AnswerRecord }[]>
  /** Writes it down where the answer is kept. */
  keep(place: AnswerPlace, change: AnswerChange['change']): Promise<void>
}

export type AnswerChecks = {
  /** How the check of a new answer begins; null where its grade wants none, or nobody can be held to it. */
  begin(answer: AnswerRecord): CheckRecord | null
  /** Pursues the check of an answer, if one waits. */
  add(answer: AnswerRecord, place: AnswerPlace | null): void
  /** One more opinion at once, and more where it is not enough. @throws what `askVerifier` throws */
  ask(answer: AnswerRecord, options?: WaitOptions): Promise<CheckRecord>
  /** @returns stops listening */
  onChange(listener: (change: AnswerChange) => void): () => void
  close(): void
}

/** An answer of last week is asked for again, not checked. */
const oldestMs = 24 * 60 * 60_000
/** Verifiers take one answer of a client at a time. */
const maxAtOnce = 2

export function createAnswerChecks(init: AnswerChecksInit): AnswerChecks {
  const over = new AbortController()
  const listeners = new Set<(change: AnswerChange) => void>()
  const pursued = new Set<string>()

  const canBeJudged = (modelCid: string) => isCalibrated(init.manifestOf(modelCid))

  function tell(answer: AnswerRecord, place: AnswerPlace | null, check: CheckRecord): void {
    const change = (each: AnswerRecord) => (isSame(each, answer) ? { ...each, check } : each)
    for (const listener of listeners) listener({ place, change })
    // Where it cannot be kept, a reload begins anew.
    if (place) void init.keep(place, change).catch(() => {})
  }

  function add(answer: AnswerRecord, place: AnswerPlace | null): void {
    const { check, receipt } = answer
    if (check?.state !== 'waiting' || !receipt || over.signal.aborted) return
    const id = bytesToHex(receiptId(receipt))
    if (pursued.has(id)) return
    pursued.add(id)
    const onCheck = (next: CheckRecord) => tell(answer, place, next)
    const work = { claim: claimOf(answer), makers: makersOf(answer), check }
    void pursueCheck({ ...init, network }, work, { signal: over.signal, onCheck })
      .catch(() => {}) // Whoever opens the answer again finds it waiting.
      .finally(() => pursued.delete(id))
  }

  const atOnce = createLimit(maxAtOnce)
  const network: AnswerChecksInit['network'] = {
    peerId: init.network.peerId,
    findOffers: (query, options) => init.network.findOffers(query, options),
    audit: (...asked) => atOnce(() => init.network.audit(...asked)),
  }

  async function resume(): Promise<void> {
    for (const { place, answer } of await init.waiting()) {
      const { check } = answer
      const isOld = Date.now() - answer.job.createdAtMs > oldestMs
      if (isOld && check) tell(answer, place, { ...check, state: 'given-up' })
      else add(answer, place)
    }
  }
  void resume().catch(() => {}) // Without storage nothing waits.

  return {
    begin({ grade, receipt, job }) {
      if (grade !== 'sampled' && grade !== 'always') return null
      if (!receipt || receipt.outputTokens === 0 || !canBeJudged(job.modelCid)) return null
      return newCheck(grade === 'always' ? anybody : null)
    },
    add,
    async ask(answer, { signal } = {}) {
      const claim = claimOf(answer)
      let opinions = answer.check?.opinions ?? []
      const least = opinions.length + 1
      const ends = signal ? AbortSignal.any([signal, over.signal]) : over.signal
      while (!weigh(opinions, least).isDecided) {
        const without = [...makersOf(answer), ...opinions.map((each) => each.verifierPeerId)]
        try {
          const options = { without, drawn: null, signal: ends }
          opinions = [...opinions, await askVerifier(init, claim, options)]
        } catch (thrown) {
          if (opinions.length < least) throw thrown
          break
        }
      }
      const { isDecided, outcome } = weigh(opinions, least)
      const state = isDecided ? 'decided' : 'given-up'
      const check: CheckRecord = { state, lot: anybody, opinions, outcome, error: null }
      judge(init.memory, claim, check)
      return check
    },
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    close: () => over.abort(),
  }
}

const anybody = { isSampled: true, drawn: null }

function isCalibrated(manifest: Manifest): boolean {
  return manifest.task === 'chat' && manifest.thresholds !== undefined
}

/** Who made tokens of it, lost ones included. */
function makersOf({ segments, receipt }: AnswerRecord): string[] {
  return [...segments.map(({ peerId }) => peerId), ...(receipt ? [receipt.nodePeerId] : [])]
}

/** A turn may have been answered anew meanwhile. */
function isSame({ nonce }: AnswerRecord, other: AnswerRecord): boolean {
  return nonce !== null && other.nonce !== null && bytesEqual(nonce, other.nonce)
}

function createLimit(most: number) {
  let running = 0
  const waiting: (() => void)[] = []
  return async <Value>(work: () => Promise<Value>): Promise<Value> => {
    while (running >= most) await new Promise<void>((resolve) => waiting.push(resolve))
    running += 1
    try {
      return await work()
    } finally {
      running -= 1
      waiting.shift()?.()
    }
  }
}
