/**
 * A tab as a verifier, for whoever looks at it.
 * @module
 */
import type { BackendChoice } from '@weft/engine'
import type { Outcome } from '@weft/protocol'
import type { Cell } from '../cell.ts'
import type { Pause } from '../pausing/pause-policy.ts'

/** One answer that was checked. */
export type CheckState = {
  /** Of the receipt, and when: an answer may be checked again. */
  id: string
  nodePeerId: string
  /** Who has asked for it. */
  askerPeerId: string
  atMs: number
  /** For all of it. */
  ms: number
  /** Of the answer, that the node had made. */
  tokens: number
  /** What the node was paid for it, in wei. */
  costWei: bigint
  outcome: Outcome
  /** What was found, for people. */
  sentence: string
  /** The verdict counts before a court. */
  isForCourt: boolean
}

export type VerifierState = {
  /** `paused`: on, but it takes nothing new; it goes on by itself. */
  phase: 'off' | 'preparing' | 'idle' | 'checking' | 'paused' | 'failed'
  /** One sentence for the person: what it does, or why it is idle or failed. */
  sentence: string
  /** Null unless paused. */
  pause: Pause | null
  modelCid: string | null
  /** The latest, the newest first. */
  checks: readonly CheckState[]
  passed: number
  suspicious: number
  failed: number
}

export type VerifyChoice = { modelCid: string; backend: BackendChoice }

export interface Verifier {
  readonly state: Cell<VerifierState>
  /**
   * Prepares the model, registers with the relays and checks what it is asked to until stopped. It pauses by the
   * policy of `Tab.node`.
   * @throws WeftError `verification/not-calibrated`, `sdk/engine-busy` while another model is served; `storage/*`,
   *   `engine/*`
   */
  start(choice: VerifyChoice): Promise<void>
  /** Takes nothing new; a check under way is ended. Cases go on at court. */
  stop(): Promise<void>
}
