/**
 * One check from its lot to its end: verifiers are asked until what they say is enough, with patience where nobody
 * has time.
 * @module
 */
import { type AuditRequest, pause, WeftError } from '@weft/protocol'
import type { CheckRecord } from '@weft/storage'
import type { NodeMemory } from '../node-memory.ts'
import { type AskVerifierInit, askVerifier } from './ask-verifier.ts'
import type { CourtView } from './court-view.ts'
import type { Lots } from './lots.ts'
import { weigh } from './weigh.ts'

export type PursueInit = AskVerifierInit & {
  memory: Pick<NodeMemory, 'judged'>
  lots: Lots
  /** Where verdicts count, of verifiers that were drawn there. */
  court?: () => CourtView | null
  times?: Partial<CheckTimes>
}

/** In milliseconds. */
type CheckTimes = {
  /** For the lot, which has a deadline of its own: a chain that is away may come back. */
  lotMs: number
  /** From the lot on. Nobody is asked for longer: whoever wants to know can ask again. */
  patienceMs: number
  /** Before the next try; it doubles, up to a minute. */
  retryMs: number
}

const usualTimes: CheckTimes = { lotMs: 6 * 3_600_000, patienceMs: 15 * 60_000, retryMs: 3_000 }
const longestRetryMs = 60_000

export type Pursued = {
  claim: AuditRequest
  /** Who made the answer, all of it: none of them is asked. */
  makers: readonly string[]
  /** As far as it has come, perhaps before a reload. */
  check: CheckRecord
}

/** @returns the check of an answer whose lot is not known yet, or is known beforehand */
export function newCheck(lot: CheckRecord['lot']): CheckRecord {
  return { state: 'waiting', lot, opinions: [], outcome: null, error: null }
}

/**
 * Every step is told, the last one with another state than `waiting`. What it finds is remembered of the node and
 * of verifiers who said the contrary. It ends early, in silence, with the signal.
 */
export async function pursueCheck(
  init: PursueInit,
  { claim, makers, check: begun }: Pursued,
  { signal, onCheck }: { signal: AbortSignal; onCheck: (check: CheckRecord) => void },
): Promise<void> {
  const { lots, memory } = init
  const times = { ...usualTimes, ...init.times }
  let check = begun
  const tell = (part: Partial<CheckRecord>) => {
    check = { ...check, ...part }
    onCheck(check)
  }
  /** Until it works or is late. @returns null where it is given up */
  async function patiently<Value>(
    work: (signal: AbortSignal) => Promise<Value>,
    late: AbortSignal,
  ): Promise<Value | null> {
    const within = AbortSignal.any([signal, late])
    let waitMs = times.retryMs
    for (;;) {
      try {
        return await work(within)
      } catch (error) {
        await pause(waitMs, within)
        if (signal.aborted) return null
        if (late.aborted) {
          const { code, message, facts } = WeftError.from(error, 'sdk/check', 'The check failed.')
          tell({ state: 'given-up', error: { code, message, facts } })
          return null
        }
        waitMs = Math.min(2 * waitMs, longestRetryMs)
      }
    }
  }

  const lotOf = (ends: AbortSignal) => lots.lotOf(claim.receipt, { signal: ends })
  const lot = check.lot ?? (await patiently(lotOf, AbortSignal.timeout(times.lotMs)))
  if (!lot) return
  tell({ lot, ...(lot.isSampled ? {} : { state: 'spared' as const }) })
  const late = AbortSignal.timeout(times.patienceMs)
  while (check.state === 'waiting') {
    const without = [...makers, ...check.opinions.map(({ verifierPeerId }) => verifierPeerId)]
    const options = { without, drawn: lot.drawn }
    const court = (lot.drawn && init.court?.()?.court) ?? null
    const ask = (ends: AbortSignal) =>
      askVerifier(init, { ...claim, court }, { ...options, signal: ends })
    const opinion = await patiently(ask, late)
    if (!opinion) break
    const opinions = [...check.opinions, opinion]
    const { isDecided, outcome } = weigh(opinions)
    tell({ opinions, outcome, state: isDecided ? 'decided' : 'waiting' })
  }
  judge(memory, claim, { check, before: begun })
}

/**
 * What follows from a check that is decided, for whom this browser asks from now on: once for each receipt, and again
 * where most call false what was decided otherwise before.
 * @param before - as it was when somebody was last asked; null for a first time
 */
export function judge(
  memory: Pick<NodeMemory, 'judged' | 'lied'>,
  { receipt }: Pick<AuditRequest, 'receipt'>,
  { check, before }: { check: CheckRecord; before: CheckRecord | null },
): void {
  const { state, outcome, opinions } = check
  if (state !== 'decided' || !outcome) return
  const last = before?.state === 'decided' ? before : null
  const isNew = !last || (outcome === 'failed' && last.outcome !== 'failed')
  if (isNew) memory.judged(receipt.nodePeerId, outcome)
  const known = last ? weigh(last.opinions).contrary : []
  for (const peerId of weigh(opinions).contrary) {
    if (!known.includes(peerId)) memory.lied(peerId)
  }
}
