/**
 * The engine's one interface. The engine in the thread that calls it, its worker proxy and the engine
 * that the tabs of an origin share implement it, so that a caller cannot tell which it holds;
 * `testEngine` in `testing/` is the suite that all of them pass.
 * @module
 */
import type {
  ContextOverflow,
  EngineInfo,
  FinishReason,
  Manifest,
  Message,
  Sampling,
  Tool,
} from '@weft/protocol'
import type { SplitInit } from './layers/part-link.ts'

/** `auto` takes WebGPU where an adapter answers and the self-test passes, else the CPU. */
export type BackendChoice = 'auto' | 'webgpu' | 'wasm'

/** Content by manifest path. */
export type ModelFiles = ReadonlyMap<string, Uint8Array>

export type LoadInit = {
  manifest: Manifest
  /**
   * Brings the content; called when the engine needs it, and again after a restart. Hashes were
   * checked by whoever fetched it. What it returns is taken over, with the buffers it lies in: they
   * move to the worker, and the arrays are empty afterwards, however the load ends.
   */
  openFiles: (options: WaitOptions) => Promise<ModelFiles>
  backend: BackendChoice
  /** For a model of which other tabs compute layers; the files are then those of its first part. */
  split?: SplitInit
}

export type LoadStage = 'runtime' | 'graph' | 'warm-up' | 'self-test'

export type LoadResult = {
  engine: EngineInfo
  selfTest: SelfTestReport
  /** Why `auto` did not take WebGPU, in one sentence; null when it did or was not asked. */
  fallbackReason: string | null
  capabilities: Capabilities
}

/** What the loaded model can do on this device, found out while it loaded. */
export type Capabilities = {
  /** Answers that decode in one step together; 1 where the graph computes them apart. */
  batchSize: number
  /**
   * Tokens of prompt and answer together: the manifest's, or fewer where a tensor of the key/value cache
   * would be larger than the graphics device can bind.
   */
  contextTokens: number
  /** `static`: one buffer per answer, written in place. `growing`: a new, longer one each step. */
  kvCache: 'static' | 'growing'
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
  /** That the model may call: a part of the prompt. */
  tools: readonly Tool[]
  sampling: Sampling
  /** 32 bytes, see `deriveSeed`. */
  seed: Uint8Array
  maxTokens: number
  /** What to do with a conversation that leaves no room for an answer. */
  overflow: ContextOverflow
  /**
   * Tokens of the answer that exist already, made here or elsewhere: decoding continues behind them
   * as if it had never stopped. They count towards `maxTokens` and are not sent again; text that they
   * held back for a whole character is.
   */
  answered: readonly number[]
  /** Whether the last hidden states are wanted too, see `delta`. */
  hiddenStates?: boolean
}

/** What decides which tokens are read. */
export type PromptInit = Pick<GenerateInit, 'messages' | 'tools' | 'overflow' | 'maxTokens'>

export type PromptMeasure = {
  inputTokens: number
  /** Oldest messages left out under `overflow: 'slide'`. */
  droppedMessages: number
}

/** Parts in order: one `prefill-end`, any number of `delta`, one `end`. */
export type GeneratePart =
  | {
      type: 'prefill-end'
      inputTokens: number
      /** Of them, read from the prefix cache instead of computed. */
      cachedTokens: number
      droppedMessages: number
      prefillMs: number
    }
  | {
      type: 'delta'
      index: number
      tokens: number[]
      text: string
      /**
       * float32 [32, width], by which the last 32 tokens were chosen: with the token that fills a window of 32,
       * counted from the answer's beginning. Only where asked for, and where the graph shows them.
       */
      hiddenStates?: Float32Array
    }
  | { type: 'end'; finishReason: FinishReason; outputTokens: number; decodeMs: number }

/** How an answer says that it was chosen. */
export type Claim = Pick<GenerateInit, 'sampling' | 'seed'> & {
  /** That the model ended by itself: one choice more than the answer has tokens, unless a stop text did. */
  ended: boolean
}

/** `maxTokens` as it was asked for: what of a long conversation is read depends on it. */
export type ScoreInit = PromptInit & {
  /** Tokens of the answer, at least one unless it claims to have `ended`. */
  answer: readonly number[]
  /** To be followed choice by choice; null where nobody asks. */
  claim: Claim | null
}

export type ScoreOptions = WaitOptions & {
  /** Largest logits to return for each position, 0 to 1,024. */
  topK: number
  /** Whether to return the last hidden state of each position; a graph may not show it. */
  hiddenStates: boolean
}

/** Each [n], or [n + 1] with the claimed end of the model behind the last token. */
export type Choices = {
  /** In logits, see `marginOf`: 0 where this device chooses the same, Infinity where it never would. */
  margins: Float64Array
  /** uint32: what it chooses here; an end is any of the model's end tokens. */
  chosen: Uint32Array
}

/** By position of the answer: what the model would have said there. n is the answer's length. */
export type Score = {
  /** Of the prompt as this model reads it. */
  inputTokens: number
  /** uint32 [n, topK], largest logit first, ties to the lowest id. */
  topTokens: Uint32Array
  /** float32 [n, topK] */
  topLogits: Float32Array
  /** float32 [n], of the answer's own tokens; -Infinity where a claim can be followed without it. */
  answerLogits: Float32Array
  /** float32 [n, width]; null when not asked for or not shown by the graph. */
  hiddenStates: Float32Array | null
  /** Null without a claim. */
  choices: Choices | null
}

export type Pooling = 'mean' | 'cls' | 'last'

export type EmbedInit = {
  texts: readonly string[]
  /** Null takes what the model's folder says, else `mean`. */
  pooling: Pooling | null
  /** To Euclidean length 1. */
  normalize: boolean
}

/** One vector per text, float32 [width]. */
export type Embeddings = { vectors: Float32Array[]; inputTokens: number }

export type SpeedReport = {
  prefillTokensPerSecond: number
  decodeTokensPerSecond: number
}

/** What the engine holds now. */
export type MemoryReport = {
  /** Answers and scores in the making, those that wait included. */
  runningJobs: number
  /** Key/value cache of running answers. */
  kvBytes: number
  /** Key/value cache kept for prompts that begin alike, and its bound. */
  prefixBytes: number
  maxPrefixBytes: number
}

export type WaitOptions = { signal?: AbortSignal }
export type LoadOptions = WaitOptions & { onStage?: (stage: LoadStage) => void }

export interface Engine {
  /**
   * Starts a backend, loads the graph and runs the known-answer test; replaces what was loaded.
   * @throws WeftError `engine/no-webgpu`, `engine/bad-graph`, `engine/bad-model`,
   *   `engine/unsupported`, `engine/out-of-memory`, `engine/self-test`, `protocol/cancelled`
   */
  load(init: LoadInit, options?: LoadOptions): Promise<LoadResult>

  /**
   * How long a conversation is under the model's chat template, the generation prompt included, and
   * without what `overflow` leaves out.
   * @throws WeftError `engine/not-loaded`, `engine/prompt-too-long` when no token of answer would fit,
   *   `engine/short-context` when this device alone has no room for one
   */
  measurePrompt(init: PromptInit): Promise<PromptMeasure>

  /**
   * Answers `messages`. Several calls may run at once: they decode together. An aborted signal ends
   * the iteration with `finishReason: 'cancelled'` within one step; it does not throw.
   * @throws WeftError `engine/not-loaded`, `engine/prompt-too-long` and `engine/short-context` (say
   *   by how much), `engine/bad-sampling`, `engine/bad-resume`, `engine/bad-logits`,
   *   `engine/device-lost`, `engine/crashed`
   */
  generate(init: GenerateInit, options?: WaitOptions): AsyncIterable<GeneratePart>

  /**
   * Tells what the model thinks of every token of answers, and whether it would have chosen it. Each is read behind its prompt, in chunks
   * like any prompt; several take turns chunk by chunk and read once what they begin with in common.
   * All are checked before any is read, and the first that fails ends the others.
   * @throws WeftError `engine/not-loaded`, `engine/prompt-too-long`, `engine/short-context`,
   *   `engine/bad-score`, `engine/bad-sampling`, `engine/bad-grammar`, `engine/bad-logits`,
   *   CancelledError
   */
  score(inits: readonly ScoreInit[], options: ScoreOptions): Promise<Score[]>

  /**
   * Vectors of texts, by a model whose manifest says `task: 'embedding'`.
   * @throws WeftError `engine/not-loaded`, `engine/unsupported`, `engine/prompt-too-long`,
   *   CancelledError
   */
  embed(init: EmbedInit, options?: WaitOptions): Promise<Embeddings>

  /** Times one prefill and a short greedy decode on the loaded model. */
  measure(options?: WaitOptions): Promise<SpeedReport>

  memory(): Promise<MemoryReport>

  /** Frees the model and ends the worker. */
  close(): Promise<void>
}
