/**
 * The cases of this tab: opened when it finds a node cheating, brought to their end, kept over reloads.
 * @module
 */
import type { CourtNews } from '@weft/payments/chain'
import { type AuditRequest, pause, peerIdFromPrivateKey, WeftError } from '@weft/protocol'
import { type AdvanceInit, advanceCase, endCase } from './advance-case.ts'
import { isWorthACase } from './case-fees.ts'
import { type CaseRecord, type CourtLedger, isOver, newCase } from './court-records.ts'
import { caseIdOf } from './court-view.ts'

export type ProsecutionInit = AdvanceInit & {
  ledger: CourtLedger
  /** The cases have changed. */
  onChange: () => void
}

export type Prosecution = {
  /** The newest first. */
  cases(): readonly CaseRecord[]
  /** Takes on a node, unless nothing can be had of it or too many cases run. */
  open(request: AuditRequest, finding: Uint8Array): Promise<void>
  /** Begins a step of each case that is due, and waits a little. @throws what the last one that failed has thrown */
  advance(signal: AbortSignal): Promise<void>
  /** Some have ended, whoever settled them. */
  settled(news: CourtNews['settled']): Promise<void>
}

/** At the same time: told, each holds a conversation and costs fees. As many more wait to be told. */
const maxOpen = 4
/** In a day, so that nobody can make this tab spend all its coins on nodes with little at stake. */
const maxADay = 24
const dayMs = 86_400_000
/** Cases that are over, for people to look at. */
const maxKept = 48
/** A step that brought nothing is tried again after a while, twice as long each time up to this. */
const longestPauseMs = 60_000
/** Whatever takes longer goes on by itself: a panel that is silent holds up no other case. */
const longestTurnMs = 1_000

export function createProsecution(init: ProsecutionInit): Prosecution {
  const { ledger, onChange } = init
  const ownPeerId = peerIdFromPrivateKey(init.privateKey)
  const cases = new Map(
    ledger.records.filter((each) => each.kind === 'case').map((each) => [each.id, each]),
  )
  const pauses = new Map<string, { untilMs: number; ms: number }>()
  const underWay = new Map<string, Promise<void>>()
  let problem: unknown

  const newest = () => [...cases.values()].sort((a, b) => b.foundAtMs - a.foundAtMs)

  async function keep(record: CaseRecord): Promise<void> {
    cases.set(record.id, record)
    await ledger.put(record)
    for (const old of newest().filter(isOver).slice(maxKept)) {
      cases.delete(old.id)
      await ledger.remove(old.id)
    }
    onChange()
  }

  const isWaiting = ({ progress }: CaseRecord) => progress === 'found'
  const told = () => newest().filter((each) => !isOver(each) && !isWaiting(each))

  function isBusy(nowMs: number): boolean {
    return newest().filter(({ foundAtMs }) => nowMs - foundAtMs < dayMs).length >= maxADay
  }

  /** What cannot be told holds up no other: the oldest gives way. @returns false where each is about to be told */
  async function makeRoom(): Promise<boolean> {
    const waiting = newest().filter(isWaiting)
    if (waiting.length < maxOpen) return true
    const oldest = waiting.findLast(({ id }) => !underWay.has(id))
    const reason = 'It could not be told, and newer cases came.'
    if (oldest) await keep(endCase(oldest, 'dropped', { reason }))
    return oldest !== undefined
  }

  /** A case that did not move waits longer each time. */
  function rest(record: CaseRecord, hasMoved: boolean): void {
    const before = pauses.get(record.id)?.ms ?? 500
    const ms = hasMoved ? 500 : Math.min(2 * before, longestPauseMs)
    const nowMs = Date.now()
    const endsAtMs = record.endsAtMs ?? 0
    const untilMs = endsAtMs > nowMs ? Math.min(nowMs + ms, endsAtMs + 500) : nowMs + ms
    pauses.set(record.id, { untilMs, ms })
  }

  async function step(open: CaseRecord, request: AuditRequest, signal: AbortSignal): Promise<void> {
    let hasMoved = false
    try {
      const next = await advanceCase(init, { ...open, request }, signal)
      // The news may have ended it meanwhile.
      if (cases.get(open.id) !== open) return
      hasMoved =
        next.progress !== open.progress ||
        next.verdicts.length !== open.verdicts.length ||
        next.shown.length !== open.shown.length
      if (hasMoved || next.endsAtMs !== open.endsAtMs) await keep(next)
    } finally {
      rest(open, hasMoved)
    }
  }

  return {
    cases: newest,
    async open(request, finding) {
      const { receipt } = request
      const id = caseIdOf(receipt)
      const { nodePeerId } = receipt
      if (cases.has(id) || nodePeerId === ownPeerId || isBusy(Date.now())) return
      // Where the chain does not answer now, the first step asks it again.
      const [isWorth, known] = await Promise.all([
        isWorthACase(init.court, nodePeerId).catch(() => true),
        init.court.readCase(id).catch(() => null),
      ])
      if (!isWorth || known?.stage === 'settled' || cases.has(id)) return
      if (!(await makeRoom()) || cases.has(id)) return
      await keep(newCase(request, finding))
    },
    async advance(signal) {
      let room = maxOpen - told().length
      for (const { id } of newest().filter(isWaiting)) if (underWay.has(id)) room -= 1
      for (const each of newest()) {
        const { request } = each
        const isDue = Date.now() >= (pauses.get(each.id)?.untilMs ?? 0)
        if (isOver(each) || !request || !isDue || underWay.has(each.id) || signal.aborted) continue
        if (isWaiting(each)) room -= 1
        if (isWaiting(each) && room < 0) continue
        const done = step(each, request, signal)
          .catch((error: unknown) => {
            problem = error
          })
          .finally(() => underWay.delete(each.id))
        underWay.set(each.id, done)
      }
      await Promise.race([Promise.all(underWay.values()), pause(longestTurnMs, signal)])
      const failed = problem
      problem = undefined
      if (failed) throw WeftError.from(failed, 'sdk/case', 'A case could not go on.')
    },
    async settled(news) {
      for (const { receiptId, outcome, lostWei } of news) {
        const known = cases.get(receiptId)
        if (known && !isOver(known)) await keep(endCase(known, outcome, { lostWei }))
      }
    },
  }
}
