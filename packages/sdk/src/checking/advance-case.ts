/**
 * One step of a case: told, its panel drawn and asked, accused, settled. The chain says where it stands, so a step
 * may be done again after a reload, or by two tabs at once.
 * @module
 */
import { numberEpoch } from '@weft/payments'
import type { CaseOnChain, CaseOutcome } from '@weft/payments/chain'
import {
  addressFromPeerId,
  type Hex,
  type PrivateKey,
  peerIdFromPrivateKey,
  type Verdict,
  WeftError,
} from '@weft/protocol'
import { type AskPanelInit, askPanel } from './ask-panel.ts'
import type { AskVerifierInit } from './ask-verifier.ts'
import { isWorthACase, lackOfFees } from './case-fees.ts'
import type { CaseRecord, OpenCase } from './court-records.ts'
import type { CourtView } from './court-view.ts'
import { handOver } from './hand-over.ts'

export type AdvanceInit = Omit<AskPanelInit, 'court'> & AskVerifierInit & { court: CourtView }

/** So long a case that somebody else has told is left to them. */
const epochsOfOthers = 6
/** For the rest of a panel most of which has said the same: who is right is paid, and who is not pays. */
const graceMs = 5_000
/** Of the time for the larger panel so much is left for the votes to come into a block, but no more than a minute. */
const sendingShare = 0.25
/** Without coins it is shown to so many verifiers that have some, one after the other. */
const mostShown = 3

/**
 * Sends one transaction at most.
 * @throws WeftError `sdk/court-fees` where the key has too few coins, and nobody else to show the case to; `payments/*`, `network/*`: try again later
 */
export async function advanceCase(
  init: AdvanceInit,
  open: OpenCase,
  signal: AbortSignal,
): Promise<CaseRecord> {
  const known = await init.court.readCase(open.id)
  if (known.stage === 'settled') return readEnd(init.court, open)
  if (known.stage !== 'none') return awaitEnd(init, open, known, signal)
  return known.toldAt === 0 ? tell(init, open, signal) : accuse(init, open, known.toldAt, signal)
}

export function endCase(
  record: CaseRecord,
  progress: CaseOutcome | 'dropped',
  { lostWei = 0n, reason = null }: { lostWei?: bigint; reason?: string | null } = {},
): CaseRecord {
  return { ...record, progress, lostWei, reason, request: null, verdicts: [] }
}

async function tell(init: AdvanceInit, open: OpenCase, signal: AbortSignal): Promise<CaseRecord> {
  const { court, privateKey } = init
  const { receipt } = open.request
  if (!(await isWorthACase(court, open.nodePeerId))) {
    return dropped(open, 'The node has nothing at stake that is worth the fees of a case.')
  }
  const lastMoment = receipt.endedAtMs / 1000 + court.rules.limitationSeconds
  if ((await court.now()) > lastMoment) return dropped(open, 'The answer was given too long ago.')
  const judges = await court.readJudgesOf(addressFromPeerId(open.nodePeerId))
  // It is refused to everybody: perhaps more sit down in time.
  if (judges < court.rules.panelSize + court.rules.appealSize) return open
  const lack = await lackOfFees(court, ownAddress(privateKey))
  if (lack) return show(init, open, { lack, signal })
  await court.send.tell(receipt)
  return { ...open, progress: 'told' }
}

/** What this tab cannot pay for is a matter of who has seen it: it tells, asks the panel, and settles. */
async function show(
  init: AdvanceInit,
  open: OpenCase,
  { lack, signal }: { lack: WeftError; signal: AbortSignal },
): Promise<CaseRecord> {
  const { shown } = open
  const waitMs = 1000 * epochsOfOthers * init.court.rules.epochSeconds
  if (Date.now() < (shown.at(-1)?.atMs ?? 0) + waitMs) return open
  if (shown.length >= mostShown) throw lack
  const without = [open.nodePeerId, ...shown.map(({ peerId }) => peerId)]
  const asked = handOver(init, open.request, { signal, without })
  const { verifierPeerId: peerId } = await asked.catch((error: unknown) => {
    throw WeftError.is(error) && error.code === 'sdk/nobody-accuses' ? lack : error
  })
  return { ...open, shown: [...shown, { peerId, atMs: Date.now() }] }
}

async function accuse(
  init: AdvanceInit,
  open: OpenCase,
  toldAt: number,
  signal: AbortSignal,
): Promise<CaseRecord> {
  const { court } = init
  const { epochSeconds, limitationSeconds, panelSize, appealSize } = court.rules
  const [epoch, now] = await Promise.all([court.epochAfter(toldAt, { signal }), court.now()])
  if (epoch !== null && now > epoch * epochSeconds + limitationSeconds) {
    return dropped(open, 'Too few of its panel answered in time.')
  }
  // Whoever has told it asks its panel: the same answer need not be computed again for each who found it.
  const isLate = open.shown.length === 0 && now >= toldAt + epochsOfOthers * epochSeconds
  if (open.progress === 'found' && !isLate) return open
  const told: OpenCase = { ...open, progress: 'told' }
  if (epoch === null) {
    const isDue = Math.floor(now / epochSeconds) > Math.floor(toldAt / epochSeconds)
    if (isDue) await recordOnce(court, toldAt, signal)
    return told
  }
  const node = addressFromPeerId(open.nodePeerId)
  const drawing = { receiptId: open.id, node, epoch }
  const panel = await court.draw(drawing)
  const larger = await court.draw(drawing, panel)
  if (panel.length < panelSize || larger.length < appealSize) {
    return dropped(open, 'Too few verifiers have a seat for a panel and a larger one beside it.')
  }
  const needed = Math.floor(panelSize / 2) + 1
  const isEnough = (said: readonly Verdict[]) =>
    said.filter(({ isFalse }) => isFalse).length >= needed ||
    said.filter(({ isFalse }) => !isFalse).length > panelSize - needed
  const asking = { panel, isEnough, graceMs }
  const verdicts = await askPanel(init, told, asking, signal)
  const sayFalse = verdicts.filter(({ isFalse }) => isFalse).length
  const said = { panel, verdicts, sayFalse, sayTrue: verdicts.length - sayFalse }
  const drawn: CaseRecord = { ...told, progress: 'drawn', epoch, ...said }
  if (said.sayTrue > panelSize - needed) {
    return dropped(drawn, 'Most of the panel found nothing wrong with the answer.')
  }
  if (sayFalse < needed) return drawn
  await court.send.accuse(open.request.receipt, { epoch, verdicts })
  return { ...drawn, progress: 'accused' }
}

/** Somebody else may be quicker. */
async function recordOnce(court: CourtView, toldAt: number, signal: AbortSignal): Promise<void> {
  try {
    await numberEpoch(court, { signal })
  } catch (error) {
    if ((await court.epochAfter(toldAt)) === null) throw error
  }
}

/** Settled by others, perhaps while this tab was away; the news bring it, or have brought it. */
async function readEnd(court: CourtView, open: OpenCase): Promise<CaseRecord> {
  const { settled } = await court.readNews(null)
  const end = settled.find(({ receiptId }) => receiptId === open.id)
  return end
    ? endCase(open, end.outcome, end)
    : dropped(open, 'It was settled long ago, while this tab was away.')
}

/** Gathers the larger panel's votes after an appeal, and settles when the time is over. */
export async function awaitEnd(
  init: AdvanceInit,
  open: OpenCase,
  onChain: CaseOnChain,
  signal: AbortSignal,
): Promise<CaseRecord> {
  const { court, privateKey } = init
  const { endsAt, epoch, accuser, sayFalse, sayTrue } = onChain
  const progress = onChain.stage === 'appealed' ? 'appealed' : 'accused'
  const said = { sayFalse: sayFalse.length, sayTrue: sayTrue.length }
  const [now, panel] = await Promise.all([court.now(), court.panelOf(open.id)])
  const waiting: OpenCase = { ...open, progress, epoch, panel, ...said, endsAtMs: endsAt * 1000 }
  if (open.shown.length > 0) return waiting
  if (now > endsAt) {
    // Whoever has accused is paid for it, so it comes first; unless there is nothing to be paid for.
    const isFirst = accuser === ownAddress(privateKey) || isMost(panel, sayTrue)
    if (!isFirst && now <= endsAt + 3 * court.rules.epochSeconds) return waiting
    const { outcome, lostWei } = await court.send.settle(open.id)
    if (outcome !== 'undecided') await unseat(court, outcome === 'convicted' ? sayTrue : sayFalse)
    return endCase(waiting, outcome, { lostWei })
  }
  if (progress === 'accused') return waiting
  const known = new Set([...sayFalse, ...sayTrue])
  const toSendSeconds = Math.min(60, sendingShare * court.rules.answerSeconds)
  const withinMs = 1000 * (endsAt - now - toSendSeconds)
  const asking = { panel, isEnough: decides(panel, onChain), withinMs, graceMs: 0 }
  const verdicts = await askPanel(init, waiting, asking, signal)
  const unsaid = verdicts.filter(
    ({ verifierPeerId }) => !known.has(addressFromPeerId(verifierPeerId)),
  )
  if (unsaid.length > 0) await court.send.vote(open.id, unsaid)
  return { ...waiting, verdicts }
}

/** @returns whether verdicts, together with the votes on the chain, are the first that most of a panel agrees on */
function decides(panel: readonly Hex[], { sayFalse, sayTrue }: CaseOnChain) {
  const isDecided = isMost(panel, sayFalse) || isMost(panel, sayTrue)
  return (said: readonly Verdict[]): boolean => {
    const saying = (what: boolean) =>
      said
        .filter(({ isFalse }) => isFalse === what)
        .map(({ verifierPeerId }) => addressFromPeerId(verifierPeerId))
    const [all, none] = [
      [...sayFalse, ...saying(true)],
      [...sayTrue, ...saying(false)],
    ]
    return !isDecided && (isMost(panel, all) || isMost(panel, none))
  }
}

function isMost(panel: readonly Hex[], votes: readonly Hex[]): boolean {
  return panel.filter((address) => votes.includes(address)).length > panel.length / 2
}

/** Who lost too much for a seat would be drawn in vain; the contract refuses it for all others, and nothing is sent. */
async function unseat(court: CourtView, wrong: readonly Hex[]): Promise<void> {
  for (const verifier of wrong) await court.send.leaveSeat(verifier).catch(() => {})
}

function ownAddress(privateKey: PrivateKey): Hex {
  return addressFromPeerId(peerIdFromPrivateKey(privateKey))
}

function dropped(record: CaseRecord, reason: string): CaseRecord {
  return endCase(record, 'dropped', { reason })
}
