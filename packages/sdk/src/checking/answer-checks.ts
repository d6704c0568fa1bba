/**
 * Checks of this tab's answers, behind the person's back: as many as they asked for, one after the other, going on
 * after a reload. Nothing waits for them.
 * @module
 */
import {
  type AuditRequest,
  bytesToHex,
  type Manifest,
  type Receipt,
  receiptId,
} from '@weft/protocol'
import type { AnswerPlace, AnswerRecord, CheckRecord } from '@weft/storage'
import { isAgreed, membersOf, withCheck } from '../quorum/compare.ts'
import type { WaitOptions } from '../tab.ts'
import { askVerifier, claimOf } from './ask-verifier.ts'
import { tryVerifier } from './decoys.ts'
import { handOverPatiently } from './hand-over.ts'
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
  /** Of the checks that passed, how many are followed by a trial of verifiers, 0 to 1; a tenth by default. */
  trialShare?: number
  /** Writes it down where the answer is kept. */
  keep(place: AnswerPlace, change: AnswerChange['change']): Promise<void>
}

export type AnswerChecks = {
  /** The answer with the checks that its grade wants: none where nobody can be held to it. */
  begin(answer: AnswerRecord): AnswerRecord
  /** Pursues the checks of an answer that wait. */
  add(answer: AnswerRecord, place: AnswerPlace | null): void
  /** One more opinion at once, and more where it is not enough. @throws what `askVerifier` throws */
  ask(answer: AnswerRecord, options?: WaitOptions): Promise<CheckRecord>
  /** @returns stops listening */
  onChange(listener: (change: AnswerChange) => void): () => void
  close(): void
}

/** An answer of last week is asked for again, not checked. */
const oldestMs = 24 * 60 * 60_000
/** A trial is two checks more. */
const usualTrialShare = 0.1
/** Verifiers take one answer of a client at a time. */
const maxAtOnce = 2

export function createAnswerChecks(init: AnswerChecksInit): AnswerChecks {
  const { trialShare = usualTrialShare } = init
  const over = new AbortController()
  const { signal } = over
  const listeners = new Set<(change: AnswerChange) => void>()
  const pursued = new Set<string>()

  const canBeJudged = (modelCid: string) => isCalibrated(init.manifestOf(modelCid))

  function tell(receipt: Receipt, place: AnswerPlace | null, check: CheckRecord): void {
    const change = (answer: AnswerRecord) => withCheck(answer, receipt, check)
    for (const listener of listeners) listener({ place, change })
    // Where it cannot be kept, a reload begins anew.
    if (place) void init.keep(place, change).catch(() => {})
  }

  function add(answer: AnswerRecord, place: AnswerPlace | null): void {
    const makers = makersOf(answer)
    for (const member of membersOf(answer)) {
      const { check, receipt } = member
      if (check?.state !== 'waiting' || !receipt || signal.aborted) continue
      const id = bytesToHex(receiptId(receipt))
      if (pursued.has(id)) continue
      pursued.add(id)
      const claim = claimOf(member)
      let last = check
      const onCheck = (next: CheckRecord) => {
        last = next
        tell(receipt, place, next)
      }
      void pursueCheck({ ...init, network }, { claim, makers, check }, { signal, onCheck })
        .then(async () => {
          const isKnown = last.state === 'decided' && last.outcome === 'passed'
          if (isKnown && Math.random() < trialShare) onCheck(await tryOthers(claim, makers, last))
          await bringToCourt(claim, makers, { check: last, onCheck })
        })
        .catch(() => {}) // Whoever opens the answer again finds it waiting; a trial can wait for ever.
        .finally(() => pursued.delete(id))
    }
  }

  /** What is known to be right, and what is known to be wrong, to others. @returns what is said of what is right */
  async function tryOthers(claim: AuditRequest, makers: string[], check: CheckRecord) {
    const knowing = check.opinions.map(({ verifierPeerId }) => verifierPeerId)
    // One may not be there, the other one perhaps.
    await tryVerifier({ ...init, network }, claim, {
      signal,
      without: [...makers, ...knowing],
    }).catch(() => {})
    const next = await askOnce(claim, makers, { check, signal })
    // Nobody has asked for it: where it leaves open what had passed, that has still passed.
    return next.outcome === 'suspicious' ? { ...check, opinions: next.opinions } : next
  }

  /** One more opinion, and more where it is not enough. @throws what `askVerifier` throws, without a single one */
  async function askOnce(
    claim: AuditRequest,
    makers: string[],
    { check, signal: ends }: { check: CheckRecord | null; signal: AbortSignal },
  ): Promise<CheckRecord> {
    let opinions = check?.opinions ?? []
    const least = opinions.length + 1
    while (!weigh(opinions, least).isDecided) {
      const without = [...makers, ...opinions.map((each) => each.verifierPeerId)]
      try {
        const options = { without, drawn: null, signal: ends }
        opinions = [...opinions, await askVerifier({ ...init, network }, claim, options)]
      } catch (thrown) {
        if (opinions.length < least) throw thrown
        break
      }
    }
    const { isDecided, outcome } = weigh(opinions, least)
    const state = isDecided ? 'decided' : 'given-up'
    const next: CheckRecord = { state, lot: check?.lot ?? anybody, opinions, outcome, error: null }
    judge(init.memory, claim, { check: next, before: check })
    return next
  }

  /** What was found false, where there is a court. Whoever is shown it says as well what it thinks. */
  async function bringToCourt(
    claim: AuditRequest,
    makers: string[],
    { check, onCheck }: { check: CheckRecord; onCheck: (check: CheckRecord) => void },
  ): Promise<void> {
    const court = init.court?.()
    if (!court || check.state !== 'decided' || check.outcome !== 'failed') return
    const { opinions } = check
    const without = [...makers, ...opinions.map(({ verifierPeerId }) => verifierPeerId)]
    const handing = { signal, without, opinions }
    const more = await handOverPatiently({ ...init, network, court }, claim, handing)
    if (more.length === 0) return
    const next: CheckRecord = { ...check, opinions: [...opinions, ...more] }
    judge(init.memory, claim, { check: next, before: check })
    onCheck(next)
  }

  const atOnce = createLimit(maxAtOnce)
  const network: AnswerChecksInit['network'] = {
    peerId: init.network.peerId,
    findOffers: (query, options) => init.network.findOffers(query, options),
    audit: (...asked) => atOnce(() => init.network.audit(...asked)),
  }

  async function resume(): Promise<void> {
    for (const { place, answer } of await init.waiting()) {
      const isOld = Date.now() - answer.job.createdAtMs > oldestMs
      if (!isOld) add(answer, place)
      for (const { check, receipt } of isOld ? membersOf(answer) : []) {
        const waits = check?.state === 'waiting' && receipt
        if (waits) tell(receipt, place, { ...check, state: 'given-up' })
      }
    }
  }
  void resume().catch(() => {}) // Without storage nothing waits.

  return {
    begin(answer) {
      const { grade, quorum, job } = answer
      if (grade === null || grade === 'signed' || !canBeJudged(job.modelCid)) return answer
      if (typeof grade !== 'object') return begun(answer, grade === 'always' ? anybody : null)
      if (!quorum?.witnesses.some(({ partsAt }) => partsAt !== null)) {
        return isAgreed(answer) ? answer : begun(answer, anybody)
      }
      const witnesses = quorum.witnesses.map((witness) =>
        witness.partsAt === null ? witness : { ...witness, answer: begun(witness.answer, anybody) },
      )
      return { ...begun(answer, anybody), quorum: { ...quorum, witnesses } }
    },
    add,
    async ask(answer, options = {}) {
      const ends = options.signal ? AbortSignal.any([options.signal, signal]) : signal
      const [claim, makers] = [claimOf(answer), makersOf(answer)]
      const check = await askOnce(claim, makers, { check: answer.check, signal: ends })
      const onCheck = (next: CheckRecord) => tell(claim.receipt, null, next)
      void bringToCourt(claim, makers, { check, onCheck })
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

/** What nobody signed has nobody who could be held to it. */
function begun(answer: AnswerRecord, lot: CheckRecord['lot']): AnswerRecord {
  const isSigned = answer.receipt !== null && answer.receipt.outputTokens > 0
  return isSigned ? { ...answer, check: newCheck(lot) } : answer
}

/** Who made tokens of it, lost ones included, or answered the same at the same time. */
function makersOf(answer: AnswerRecord): string[] {
  return membersOf(answer).flatMap(({ segments, receipt }) => [
    ...segments.map(({ peerId }) => peerId),
    ...(receipt ? [receipt.nodePeerId] : []),
  ])
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
