/**
 * What a tab gives: its nodes as an app sees and switches them.
 * @module
 */
import type { BackendChoice } from '@weft/engine'
import type { Price } from '@weft/protocol'
import type { Cell } from './cell.ts'
import type { Pause, PausePolicy } from './pausing/pause-policy.ts'

/** One job as the contributor sees it. */
export type ServedJob = {
  id: string
  clientPeerId: string
  startedAtMs: number
  inputTokens: number
  outputTokens: number
  tokensPerSecond: number
  /** What its receipt says that it costs, in wei; 0 while it runs, and where nothing was asked. */
  costWei: bigint
  state: 'running' | 'done' | 'cancelled' | 'failed'
}

export type NodeState = {
  /** `paused`: on, but it takes nothing new; it goes on by itself. */
  phase: 'off' | 'preparing' | 'idle' | 'working' | 'paused' | 'failed'
  /** One sentence for the person: what it does, or why it is idle or failed. */
  sentence: string
  /** Null unless paused. */
  pause: Pause | null
  modelCid: string | null
  jobs: ServedJob[]
  /** Jobs that wait for a place. */
  waiting: number
  /** Over the last seconds; 0 when idle. */
  tokensPerSecond: number
  tokensServed: number
  jobsServed: number
}

export type ServeChoice = {
  modelCid: string
  backend: BackendChoice
  /** Jobs at the same time; by default as many as decode in one step here, 4 at least. */
  maxJobs?: number
  /** What it asks for; nothing by default. */
  price?: Price
}

export interface ServingNode {
  readonly state: Cell<NodeState>
  /** When it pauses by itself. */
  readonly policy: Cell<PausePolicy>
  setPolicy(policy: PausePolicy): void
  /**
   * Whether this is the one tab of this browser that goes on serving after a reload or a restart: no
   * other one serves, or was quicker to ask.
   */
  mayServeAgain(): Promise<boolean>
  /**
   * Prepares the model, registers with the relays and serves until stopped.
   * @throws WeftError `sdk/no-payee` for a price while `Tab.purse` is used on no chain; `storage/*`, `engine/*`
   */
  start(init: ServeChoice): Promise<void>
  /** Takes nothing new; running jobs end and their clients are told. */
  stop(): Promise<void>
}

export type LayersChoice = {
  /** Of the whole model. */
  modelCid: string
  /** From 1; 0 is served by `Tab.head`. */
  part: number
  backend: BackendChoice
}

/** In its state, `tokensServed` counts the tokens that went through these layers. */
export interface LayersNode {
  readonly state: Cell<NodeState>
  /**
   * Prepares the layers, registers with the relays and computes until stopped. It pauses by the policy of
   * `Tab.node`: its lines are cut then, and other tabs compute the layers.
   */
  start(choice: LayersChoice): Promise<void>
  /** What it was started with; null when it was stopped. */
  chosen(): LayersChoice | null
  stop(): Promise<void>
}
