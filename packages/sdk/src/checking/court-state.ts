/**
 * What a tab says of its court.
 * @module
 */
import type { CaseStage, CourtRules, SeatOnChain } from '@weft/payments/chain'
import type { Hex, WeftErrorData } from '@weft/protocol'
import type { Cell } from '../cell.ts'
import type { CaseProgress } from './court-records.ts'
import type { CourtView } from './court-view.ts'

/** This tab's key as the court knows it, in wei; the seat is null where it has none. */
export type Standing = {
  seat: SeatOnChain | null
  /** The latest epoch that has a number. */
  lastEpoch: number
  stakeWei: bigint
  owedWei: bigint
  /** For fees, of the chain's own coin. */
  gasWei: bigint
  /** What a case takes of that, at most. */
  caseFeeWei: bigint
}

/** A node that this tab has found cheating. */
export type CaseState = {
  id: Hex
  nodePeerId: string
  foundAtMs: number
  progress: CaseProgress
  /** Drawn to judge it, and how many of them have said that the answer is false, and that it is not. */
  panel: number
  sayFalse: number
  sayTrue: number
  /** Of the time for an appeal, or for the larger panel. */
  endsAtMs: number | null
  /** By who lost. */
  lostWei: bigint
  /** Why it was dropped. */
  reason: string | null
  /** Another verifier was shown it, since this tab cannot pay for a case. */
  isShown: boolean
}

/** A case against this tab. */
export type Accusation = {
  id: Hex
  stage: CaseStage
  endsAtMs: number
  /** Of this tab; 0 unless it was convicted. */
  lostWei: bigint
}

export type CourtState = {
  rules: CourtRules
  /** Null before the chain has answered. */
  standing: Standing | null
  cases: readonly CaseState[]
  accusations: readonly Accusation[]
  /** Given by this tab, with their conversations, for as long as it can be accused of one: to show them to a panel. */
  keptAnswers: number
  /** How long that is, in seconds from an answer's end. */
  keptSeconds: number
  /** Checks that wait to be paid for. */
  waitingChecks: number
  /** Why something could not be done; it is tried again. */
  problem: WeftErrorData | null
}

export type UseCourtOptions = {
  /** What the payment for a check must be worth to be sent, in wei of the token; by default anything. */
  worthWei?: () => bigint
}

export interface TabCourt {
  /** Null while verdicts count nowhere. */
  readonly state: Cell<CourtState | null>
  /**
   * Where verdicts count from now on; null: nowhere. Cases go on where a reload left them.
   * @throws what the store throws
   */
  use(court: CourtView | null, options?: UseCourtOptions): Promise<void>
  /** Asks the chain anew, after a wallet has done something. Never rejects. */
  refresh(): Promise<void>
}
