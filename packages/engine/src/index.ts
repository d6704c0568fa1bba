/**
 * The engine: one interface, run in a worker.
 * @module
 */

export { cpuMemoryBytes } from './decoder/cpu-memory.ts'
export type {
  BackendChoice,
  Capabilities,
  Choices,
  Claim,
  Embeddings,
  EmbedInit,
  Engine,
  GenerateInit,
  GeneratePart,
  LoadInit,
  LoadOptions,
  LoadResult,
  LoadStage,
  MemoryReport,
  ModelFiles,
  Pooling,
  PromptInit,
  PromptMeasure,
  Score,
  ScoreInit,
  ScoreOptions,
  SelfTestReport,
  SpeedReport,
  WaitOptions,
} from './engine.ts'
export { type ConnectPart, partPaths, type SplitInit } from './layers/part-link.ts'
export {
  openWorkerLayers,
  type WorkerLayers,
  type WorkerLayersInit,
} from './layers/worker-layers.ts'
export { createResilientEngine, type ResilientEngineInit } from './resilient/resilient-engine.ts'
export type { Restart } from './resilient/sessions.ts'
export type { Role, SharedEngine, SharedEngineInit } from './shared/own-engine.ts'
export { createOwnEngine } from './shared/own-engine.ts'
export { createSharedEngine } from './shared/shared-engine.ts'
export { createWorkerEngine, type WorkerEngineInit } from './worker/worker-engine.ts'
