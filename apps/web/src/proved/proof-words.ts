/**
 * Who proved and who looked, in plain words.
 * @module
 */
import { shortPeerId } from '../row/summary.ts'
import type { ObtainedProof } from './obtain-proof.ts'

export type ProofFacts = Omit<ObtainedProof, 'proved'>

export function proofWords({ by, proveMs, checkMs, other }: ProofFacts): string {
  const who = by ? shortPeerId(by) : 'this tab'
  const here = `It holds. Proved by ${who} in ${seconds(proveMs)}, checked here in ${seconds(checkMs)}`
  if (!other) return `${here}. No other tab has looked at it.`
  if (other.isValid) return `${here} and by ${shortPeerId(other.peerId)}.`
  return `${here}. ${shortPeerId(other.peerId)} says that it does not hold: one of the two is wrong, and this tab computed it.`
}

/** Of tabs whose proof did not hold; null where there are none. */
export function liarWords(liars: readonly string[]): string | null {
  if (liars.length === 0) return null
  const names = new Intl.ListFormat('en-GB').format(liars.map(shortPeerId))
  return liars.length === 1
    ? `${names} sent a proof that does not hold. What it said was not used, and it is not asked again for a week.`
    : `${names} sent proofs that do not hold. What they said was not used, and they are not asked again for a week.`
}

/** What this tab has done for others. */
export function servedWords({ proved, checked }: { proved: number; checked: number }): string {
  if (proved + checked === 0) return 'Nobody has asked yet.'
  const parts = [
    proved > 0 && `proved ${proved === 1 ? 'one answer' : `${proved} answers`}`,
    checked > 0 && `checked ${checked === 1 ? 'one proof' : `${checked} proofs`}`,
  ].filter(Boolean)
  return `It has ${parts.join(' and ')} for other tabs.`
}

function seconds(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`
}
