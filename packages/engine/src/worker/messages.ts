/**
 * What crosses between the side that asks and the side that computes: typed pairs of what goes in and
 * what comes out, checked where they arrive. Errors cross as data and keep their code.
 * @module
 */
import type { Manifest, WeftErrorData } from '@weft/protocol'
import type {
  BackendChoice,
  Embeddings,
  EmbedInit,
  GenerateInit,
  GeneratePart,
  LoadResult,
  LoadStage,
  MemoryReport,
  PromptInit,
  PromptMeasure,
  Score,
  ScoreInit,
  SpeedReport,
} from '../engine.ts'
import type { SplitInit } from '../layers/part-link.ts'

/** Calls with one answer. */
export type Calls = {
  load: { in: LoadMessage; out: LoadResult }
  'measure-prompt': { in: PromptInit; out: PromptMeasure }
  score: { in: ScoreMessage; out: Score[] }
  embed: { in: EmbedInit; out: Embeddings }
  measure: { in: Record<string, never>; out: SpeedReport }
  memory: { in: Record<string, never>; out: MemoryReport }
}
export type CallType = keyof Calls

export type LoadMessage = {
  manifest: Manifest
  backend: BackendChoice
  /** Threads of the CPU backend, at least 1; null lets the computing side choose. */
  threads: number | null
  /** Of a model in parts: as in `SplitInit`, its links asked for over `port`. */
  split: SplitMessage | null
}

export type SplitMessage = Omit<SplitInit, 'connect'> & { port: MessagePort }

export type ScoreMessage = { inits: ScoreInit[]; topK: number; hiddenStates: boolean }

export type FileList = [path: string, bytes: Uint8Array][]

/** To the computing side. `id` names the call and returns with everything that answers it. */
export type Request =
  | { [Type in CallType]: { type: Type; id: number; in: Calls[Type]['in'] } }[CallType]
  | { type: 'generate'; id: number; in: GenerateInit }
  /** Answers `open-files` of the load with this id. */
  | { type: 'files'; id: number; in: FileList }
  | { type: 'no-files'; id: number; in: WeftErrorData }
  /** The consumer took a part: one more may be made. */
  | { type: 'credit'; id: number }
  /** Nobody waits for this answer any more. */
  | { type: 'stop'; id: number }

/**
 * From the computing side. A call ends with `done` or `error`; a `generate` with its `end` part or
 * `error`. `open-files` may come after the end of its load as well: an engine that starts again needs
 * the content again.
 */
export type Response =
  | { type: 'stage'; id: number; out: LoadStage }
  | { type: 'open-files'; id: number }
  | { type: 'part'; id: number; out: GeneratePart }
  | { type: 'done'; id: number; out: Calls[CallType]['out'] }
  | { type: 'error'; id: number; out: WeftErrorData }

/** Parts that are made ahead of the consumer. */
export const readAhead = 16
