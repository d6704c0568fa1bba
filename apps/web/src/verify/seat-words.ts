/**
 * A seat at court, in words.
 * @module
 */
import type { CourtState, Standing } from '@weft/sdk'
import { weft } from '../money/amounts.ts'
import { momentWords, spanWords } from '../money/time-words.ts'
import { type SeatStep, seatPhase } from './seat-plan.ts'

/** What the tab has of a seat now. */
export function seatWords(
  standing: Standing,
  { epochSeconds }: Pick<CourtState['rules'], 'epochSeconds'>,
  nowMs: number,
): string {
  const { seat } = standing
  const from = momentWords((seat?.fromEpoch ?? 0) * epochSeconds, nowMs)
  const until = momentWords((seat?.untilEpoch ?? 0) * epochSeconds, nowMs)
  switch (seatPhase(standing)) {
    case 'drawn':
      return `This tab has a seat since ${from}: the lot draws it.`
    case 'coming':
      return `This tab has a seat. The lot draws it from the next epoch on (${from}).`
    case 'leaving':
      return `This tab leaves its seat: the lot draws it until ${until}.`
    case 'left':
      return `This tab left its seat (${until}). It can take one again when all cases are over that it can concern.`
    case 'none':
      return 'This tab has no seat: it checks for whoever asks, and its verdicts count nowhere.'
  }
}

/** What a seat takes and what it is for. */
export function seatTerms({
  minimumStakeWei,
  minorityBps,
  epochSeconds,
}: CourtState['rules']): string {
  const loss = `${minorityBps / 100} %`
  return `A seat takes ${weft(minimumStakeWei)} at stake. Verifiers are drawn from all seats anew every ${epochWords(epochSeconds)}: who is drawn is paid for checks of paid answers, and judges nodes that were caught. Whoever stands alone with a verdict that does not hold loses ${loss} of its stake. Its key pays the fee of every epoch that it records, until it has left what a case takes.`
}

function epochWords(seconds: number): string {
  return seconds < 120 ? `${seconds} seconds` : spanWords(seconds)
}

/** What the wallet is about to be asked for, in its order. */
export function stepsWords(steps: readonly SeatStep[]): string {
  const words = steps.map(stepWords)
  const last = words.pop() ?? ''
  const list = words.length > 0 ? `${words.join(', ')} and ${last}` : last
  return `Your wallet is asked to ${list}.`
}

function stepWords(step: SeatStep): string {
  switch (step.name) {
    case 'register':
      return 'register this tab as yours'
    case 'role':
      return 'let this tab check answers'
    case 'stake':
      return `put ${weft(step.wei)} at stake (two transactions)`
    case 'fees':
      return 'send this tab’s key some coins for fees'
    case 'seat':
      return 'take the seat'
  }
}
