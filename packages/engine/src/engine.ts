/**
 * The engine's one interface. The real engine, its worker proxy and any later kind implement it, so
 * that a caller cannot tell which it holds.
 * @module
 */
import type { EngineInfo, FinishReason, Manifest, Message, Sampling } from '@weft/protocol'

/** `auto` takes WebGPU where an adapter answers and the self-test passes, else the CPU. */
export type BackendChoice = 'auto' | 'webgpu' | 'wasm'

export type LoadInit = {
  manifest: Manifest
  /**
   * Content by manifest path. Hashes were checked by whoever fetched them. Loading takes the bytes
   * over, with the buffers they lie in: they move to the worker and the caller's arrays are empty
   * afterwards, however the load ends.
   */
  files: ReadonlyMap<string, Uint8Array>
  backend: BackendChoice
}

export type LoadStage = 'runtime' | 'graph' | 'warm-up' | 'self-test'

export type LoadResult = {
  engine: EngineInfo
  selfTest: SelfTestReport
  /** Why `auto` did not take WebGPU, in one sentence; null when it did or was not asked. */
  fallbackReason: string | null
}

/** The known-answer test of the manifest, run on this device and backend. */
export type SelfTestReport = {
  passed: boolean
  /** Largest absolute difference over the known logits. */
  maxLogitDifference: number
  /** Tokens that equal the known ones, out of `expectedTokens`. */
  matchingTokens: number
  expectedTokens: number
}

export type GenerateInit = {
  messages: readonly Message[]
  sampling: Sampling
  /** 32 bytes, see `deriveSeed`. */
  seed: Uint8Array
  maxTokens: number
}

/** Parts in order: one `prefill-end`, any number of `delta`, one `end`. */
export type GeneratePart =
  | { type: 'prefill-end'; inputTokens: number; prefillMs: number }
  | { type: 'delta'; index: number; tokens: number[]; text: string }
  | { type: 'end'; finishReason: FinishReason; outputTokens: number; decodeMs: number }

export type SpeedReport = {
  prefillTokensPerSecond: number
  decodeTokensPerSecond: number
}

export type WaitOptions = { signal?: AbortSignal }
export type LoadOptions = WaitOptions & { onStage?: (stage: LoadStage) => void }

export interface Engine {
  /**
   * Starts a backend, loads the graph and runs the known-answer test; replaces what was loaded.
   * @throws WeftError `engine/no-webgpu`, `engine/bad-graph`, `engine/unsupported`,
   *   `engine/out-of-memory`, `engine/self-test`, `protocol/cancelled`
   */
  load(init: LoadInit, options?: LoadOptions): Promise<LoadResult>

  /**
   * Tokens of `messages` under the model's chat template, the generation prompt included.
   * @throws WeftError `engine/not-loaded`, `engine/prompt-too-long` when no token of answer would fit
   */
  countPromptTokens(messages: readonly Message[]): Promise<number>

  /**
   * Answers `messages`. Several calls may run at once: they take turns step by step. An aborted
   * signal ends the iteration with `finishReason: 'cancelled'` within one step; it does not throw.
   * @throws WeftError `engine/not-loaded`, `engine/prompt-too-long` (says by how much),
   *   `engine/device-lost`, `engine/crashed`
   */
  generate(init: GenerateInit, options?: WaitOptions): AsyncIterable<GeneratePart>

  /** Times one prefill and a short greedy decode on the loaded model. */
  measure(options?: WaitOptions): Promise<SpeedReport>

  /** Frees the model and ends the worker. */
  close(): Promise<void>
}
