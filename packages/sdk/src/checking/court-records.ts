/**
 * What a tab keeps of its court, so that a reload loses nothing: one ledger for each key and court.
 * @module
 */
import type { Ledger } from '@weft/payments'
import type { CaseOutcome } from '@weft/payments/chain'
import type { AuditRequest, Hex, Verdict } from '@weft/protocol'
import { caseIdOf } from './court-view.ts'

/** `found`: not told yet. `told`: no panel yet. `drawn`: its panel is asked. */
export type CaseProgress =
  | 'found'
  | 'told'
  | 'drawn'
  | 'accused'
  | 'appealed'
  | CaseOutcome
  | 'dropped'

/** A node that this tab has found cheating, on its way through the court. */
export type CaseRecord = {
  kind: 'case'
  /** The receipt's. */
  id: Hex
  nodePeerId: string
  modelCid: string
  /** What its panel is asked; null when the case is over: a conversation is kept no longer than needed. */
  request: AuditRequest | null
  /** `findingHash` of what this tab has found. */
  finding: Uint8Array
  foundAtMs: number
  progress: CaseProgress
  /** That drew the panel. */
  epoch: number | null
  panel: readonly Hex[]
  /** Of the panel, or of the larger one. */
  verdicts: readonly Verdict[]
  /** Of them, who has said that the answer is false, and that it is not. */
  sayFalse: number
  sayTrue: number
  /** Of the time for an appeal, or for the larger panel. */
  endsAtMs: number | null
  /** By who lost. */
  lostWei: bigint
  /** Why it was dropped. */
  reason: string | null
  /** To whom it was shown since this tab could not pay for it: they bring it. */
  shown: readonly { peerId: string; atMs: number }[]
}

/** @param finding - `findingHash` of what this tab has found */
export function newCase(request: AuditRequest, finding: Uint8Array): OpenCase {
  const { receipt, job } = request
  return {
    kind: 'case',
    id: caseIdOf(receipt),
    nodePeerId: receipt.nodePeerId,
    modelCid: job.modelCid,
    request,
    finding,
    foundAtMs: Date.now(),
    progress: 'found',
    epoch: null,
    panel: [],
    verdicts: [],
    sayFalse: 0,
    sayTrue: 0,
    endsAtMs: null,
    lostWei: 0n,
    reason: null,
    shown: [],
  }
}

export type OpenCase = CaseRecord & { request: AuditRequest }

/** A check that the lot may have fallen on: it is paid for once its answer has brought something in. */
export type CheckToPay = {
  kind: 'check'
  id: string
  receipt: AuditRequest['receipt']
  /** Who has asked for it. */
  askerPeerId: string
  isFalse: boolean
  finding: Uint8Array
  /** That cast the lot; null while it is awaited. */
  epoch: number | null
}

/** How far the court's news were read, who was convicted, and which cases run against this tab. */
export type NewsRecord = {
  kind: 'news'
  id: 'news'
  nextBlock: bigint
  convicted: readonly { node: Hex; atMs: number }[]
  accused: readonly Hex[]
}

export type CourtRecord = CaseRecord | CheckToPay | NewsRecord

export type CourtLedger = Ledger<CourtRecord>

export function isOver({ progress }: Pick<CaseRecord, 'progress'>): boolean {
  return ['convicted', 'acquitted', 'undecided', 'dropped'].includes(progress)
}
