/**
 * A case for who cannot bring it, without coins or without a model: a verifier that can is asked the same question. It
 * computes the answer itself before it spends anything, and goes to court with what it has found.
 * @module
 */
import { type AuditRequest, addressFromPeerId, type Hex, pause, WeftError } from '@weft/protocol'
import type { Opinion } from '@weft/storage'
import { drawTabs } from '../find-tabs.ts'
import { type AskVerifierInit, askVerifier } from './ask-verifier.ts'
import { isWorthACase, lackOfFees } from './case-fees.ts'
import { type CourtView, caseIdOf } from './court-view.ts'

export type HandOverInit = AskVerifierInit & {
  court: Pick<CourtView, 'rules' | 'readSeat' | 'readStake' | 'readFees' | 'readCase'>
}

type HandOverOptions = {
  signal: AbortSignal
  /** PeerIds that are not asked: who made the answer, who was asked before. */
  without: readonly string[]
}

/** The chain is asked about so many at most, in random order. */
const mostLooked = 12
/** Before each try of who has patience: verifiers may be busy, and be back. */
const waitsMs = [0, 3_000, 10_000, 30_000, 60_000]
/** Opinions beside the check's own that one answer is worth: each is a model's work, and one honest verifier among them is enough. */
const mostAsked = 3
/** Who has found it false has told the court by then: it begins at once, and a block takes seconds. */
const tellMs = 60_000

/**
 * Asks one that can bring a case, with a seat, so something to lose, and coins for all of it.
 * @throws WeftError `sdk/nobody-accuses` where none is there; what `askVerifier` throws
 */
export async function handOver(
  init: HandOverInit,
  request: AuditRequest,
  { signal, without }: HandOverOptions,
): Promise<Opinion> {
  const { modelCid } = request.job
  const tabs = await drawTabs(init, { role: 'verifies', modelCid }, { signal })
  const others = tabs
    .map(({ peerId }) => peerId)
    .filter((peerId) => !without.includes(peerId))
    .slice(0, mostLooked)
  const able = await Promise.all(
    others.map(async (peerId) => ((await canAccuse(init.court, peerId)) ? peerId : null)),
  )
  const drawn = able.flatMap((peerId): Hex[] => (peerId ? [addressFromPeerId(peerId)] : []))
  if (drawn.length === 0) throw nobodyAccuses()
  return askVerifier(init, request, { signal, without, drawn })
}

/**
 * For who asked: two verifiers that say false are enough for itself, and prove nothing to a court.
 * Who says otherwise, or says it and does not go to court, in the check itself or later, is not the last one asked.
 * @param opinions - of the check that called the answer false
 * @returns what those said who were asked; none where the case needs nobody else, or nobody took it
 */
export async function handOverPatiently(
  init: HandOverInit,
  request: AuditRequest,
  { signal, without, opinions }: HandOverOptions & { opinions: readonly Opinion[] },
): Promise<Opinion[]> {
  const said: Opinion[] = []
  // Who can accuse by what it said itself is given the time for it.
  if (await includesAccuser(init.court, opinions).catch(() => true)) await pause(tellMs, signal)
  for (const waitMs of waitsMs) {
    await pause(waitMs, signal)
    if (signal.aborted || said.length >= mostAsked) return said
    try {
      if (!(await isUntold(init.court, request))) return said
      const asked = said.map(({ verifierPeerId }) => verifierPeerId)
      const handing = { signal, without: [...without, ...asked] }
      const opinion = await handOver(init, request, handing)
      said.push(opinion)
      if (opinion.outcome === 'failed') await pause(tellMs, signal)
    } catch {
      // Perhaps somebody comes.
    }
  }
  return said
}

/** @returns whether it is worth a case, and no court was told of it */
async function isUntold(court: HandOverInit['court'], { receipt }: AuditRequest): Promise<boolean> {
  if (!(await isWorthACase(court, receipt.nodePeerId))) return false
  return (await court.readCase(caseIdOf(receipt))).toldAt === 0
}

async function includesAccuser(
  court: HandOverInit['court'],
  opinions: readonly Opinion[],
): Promise<boolean> {
  const failed = opinions.filter(({ outcome }) => outcome === 'failed')
  const able = failed.map(({ verifierPeerId }) => canAccuse(court, verifierPeerId))
  return (await Promise.all(able)).includes(true)
}

async function canAccuse(court: HandOverInit['court'], peerId: string): Promise<boolean> {
  const address = addressFromPeerId(peerId)
  const [seat, lack] = await Promise.all([court.readSeat(address), lackOfFees(court, address)])
  return seat !== null && seat.untilEpoch === null && lack === null
}

function nobodyAccuses(): WeftError {
  return new WeftError(
    'sdk/nobody-accuses',
    'No verifier that can bring a case is there now. Nobody was asked; it is tried again.',
  )
}
