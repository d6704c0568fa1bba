/**
 * How a case stands, in words.
 * @module
 */
import type { Accusation, CaseState, CourtState } from '@weft/sdk'
import { weft } from '../money/amounts.ts'
import { momentWords, spanWords } from '../money/time-words.ts'

type Rules = CourtState['rules']

/** @returns what has happened last, and what comes next */
export function caseWords(state: CaseState, nowMs: number): string {
  const { progress, panel, sayFalse, sayTrue, endsAtMs, lostWei, reason, isShown } = state
  const until = endsAtMs === null ? 'soon' : momentWords(endsAtMs / 1000, nowMs)
  switch (progress) {
    case 'found':
      return isShown
        ? 'Found, and shown to a verifier that has coins for a case: it looks for itself, and accuses.'
        : 'Found. The court is told of it next.'
    case 'told':
      return 'Told. The next epoch draws its panel.'
    case 'drawn':
      return `A panel of ${panel} is asked: ${votes(sayFalse, sayTrue)} so far.`
    case 'accused':
      return `Accused: ${votes(sayFalse, sayTrue)}. It may appeal until ${until}.`
    case 'appealed':
      return `Appealed. A panel of ${panel} answers until ${until}: ${votes(sayFalse, sayTrue)} so far.`
    case 'convicted':
      return `Convicted. It lost ${weft(lostWei)}.`
    case 'acquitted':
      return `Acquitted. Whoever accused it lost ${weft(lostWei)}.`
    case 'undecided':
      return 'Undecided: the larger panel did not answer, and nobody pays.'
    case 'dropped':
      return `Dropped. ${reason ?? ''}`.trim()
  }
}

function votes(sayFalse: number, sayTrue: number): string {
  return `${sayFalse} ${say(sayFalse)} false, ${sayTrue} ${say(sayTrue)} not`
}

function say(count: number): string {
  return count === 1 ? 'says' : 'say'
}

/** What it means for this tab. @param stakeWei - what can be taken from it now */
export function accusationWords(
  { stage, endsAtMs, lostWei }: Accusation,
  { rules, stakeWei, nowMs }: { rules: Rules; stakeWei: bigint; nowMs: number },
): string {
  const lossWei = (stakeWei * BigInt(rules.slashBps)) / 10_000n
  const isOpen = endsAtMs > nowMs
  const until = momentWords(endsAtMs / 1000, nowMs)
  switch (stage) {
    case 'accused':
      return isOpen
        ? `Most of a panel of verifiers says that an answer of this tab is not its model’s. Without an appeal until ${until} it loses ${weft(lossWei)} of its stake.`
        : `The time for an appeal is over: ${weft(lossWei)} of this tab’s stake is lost as soon as somebody settles the case.`
    case 'appealed':
      return `An answer of this tab was called false, and appealed against. A larger panel answers until ${until}.`
    case 'settled':
      return lostWei > 0n
        ? `This tab was convicted of a false answer and lost ${weft(lostWei)}. Other tabs ask it for nothing more. If its device is honest, check that it runs what it says it does.`
        : 'This tab was accused of a false answer, and lost nothing.'
    case 'none':
      return 'A case against this tab is not there any more.'
  }
}

/** What a tab keeps of what others asked it; null where it keeps nothing. */
export function keptWords({
  standing,
  keptAnswers,
  keptSeconds,
}: Pick<CourtState, 'standing' | 'keptAnswers' | 'keptSeconds'>): string | null {
  if (keptAnswers === 0 && !(standing && standing.stakeWei > 0n)) return null
  const kept = keptAnswers === 1 ? '1 is kept now.' : `${keptAnswers} are kept now.`
  return `While something is at stake for this tab, it keeps each conversation that it answers on this device for ${spanWords(keptSeconds)}, to show it to the verifiers who judge it if somebody calls the answer false. Then it is deleted; ${kept}`
}

/** What keeps a tab from an appeal by itself, as far as one can see; null where nothing does. */
export type Hindrance = 'fees' | 'problem' | null

export function hindranceOf({
  standing,
  problem,
}: Pick<CourtState, 'standing' | 'problem'>): Hindrance {
  // An appeal takes less than a case does; how much less, its panel decides.
  if (!standing || standing.gasWei < standing.caseFeeWei) return 'fees'
  return problem ? 'problem' : null
}

/** What an appeal takes, and who makes it. */
export function bondWords({ appealBondWei, appealSize }: Rules, hindrance: Hindrance): string {
  const bond = weft(appealBondWei)
  if (!hindrance) {
    return `This tab calls a larger panel by itself: ${bond} more of its stake is lost only where that panel, up to ${appealSize} verifiers, says the same.`
  }
  const why =
    hindrance === 'fees'
      ? 'This tab’s key may have too few coins for the fee of an appeal.'
      : 'Something keeps this tab from court just now, so it may not appeal by itself.'
  return `${why} Your wallet can appeal for it, with ${bond} as a bond: it comes back unless the larger panel, up to ${appealSize} verifiers, says the same.`
}
