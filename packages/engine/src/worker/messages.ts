/**
 * What crosses between the page and the engine's worker: typed pairs of what goes in and what comes
 * out, checked where they arrive. Errors cross as data and keep their code.
 * @module
 */
import type { Manifest, Message, WeftErrorData } from '@weft/protocol'
import type {
  BackendChoice,
  GenerateInit,
  GeneratePart,
  LoadResult,
  LoadStage,
  SpeedReport,
} from '../engine.ts'

/** Calls with one answer. */
export type Calls = {
  load: { in: LoadMessage; out: LoadResult }
  count: { in: { messages: Message[] }; out: number }
  measure: { in: Record<string, never>; out: SpeedReport }
}
export type CallType = keyof Calls

export type LoadMessage = {
  manifest: Manifest
  files: [path: string, bytes: Uint8Array][]
  backend: BackendChoice
  /** Threads of the CPU backend, at least 1; null lets the worker choose. */
  threads: number | null
}

/** Page to worker. `id` names the call and returns with everything that answers it. */
export type Request =
  | { [Type in CallType]: { type: Type; id: number; in: Calls[Type]['in'] } }[CallType]
  | { type: 'generate'; id: number; in: GenerateInit }
  /** The consumer took a part: one more may be made. */
  | { type: 'credit'; id: number }
  /** Nobody waits for this answer any more. */
  | { type: 'stop'; id: number }

/** Worker to page. A call ends with `done` or `error`; a `generate` with its `end` part or `error`. */
export type Response =
  | { type: 'stage'; id: number; out: LoadStage }
  | { type: 'part'; id: number; out: GeneratePart }
  | { type: 'done'; id: number; out: Calls[CallType]['out'] }
  | { type: 'error'; id: number; out: WeftErrorData }

/** Parts that the worker makes ahead of the consumer. */
export const readAhead = 16
