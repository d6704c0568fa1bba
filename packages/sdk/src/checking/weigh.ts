/**
 * What several verifiers say together. One alone may be a liar or a broken device: it can clear a node, since
 * nothing follows from that but what the client already had, and never accuse one.
 * @module
 */
import type { Outcome } from '@weft/protocol'
import type { Opinion } from '@weft/storage'

export type Weighed = {
  /** Nobody else need be asked. */
  isDecided: boolean
  /** Of most; `suspicious` where they do not agree. Null without opinions. */
  outcome: Outcome | null
  /** PeerIds of those who said the contrary of most: one of both is no honest device. */
  contrary: string[]
}

/** A third decides where two disagree; three that differ leave it open. */
const enough = 3

/** @param least opinions before it is decided, at least 1 */
export function weigh(
  opinions: readonly Pick<Opinion, 'verifierPeerId' | 'outcome'>[],
  least = 1,
): Weighed {
  const [first] = opinions
  if (!first) return { isDecided: false, outcome: null, contrary: [] }
  if (opinions.length === 1) {
    const isClear = first.outcome === 'passed'
    return {
      isDecided: isClear && least <= 1,
      outcome: isClear ? 'passed' : 'suspicious',
      contrary: [],
    }
  }
  const ofMost = opinions.find(
    ({ outcome }) =>
      2 * opinions.filter((each) => each.outcome === outcome).length > opinions.length,
  )?.outcome
  const opposite = ofMost && contraries[ofMost]
  return {
    isDecided: opinions.length >= (ofMost ? least : Math.max(enough, least)),
    outcome: ofMost ?? 'suspicious',
    contrary: opinions
      .filter(({ outcome }) => outcome === opposite)
      .map(({ verifierPeerId }) => verifierPeerId),
  }
}

/** To find something unusual is no contrary: limits are where honest devices begin to differ. */
const contraries: Partial<Record<Outcome, Outcome>> = { passed: 'failed', failed: 'passed' }
