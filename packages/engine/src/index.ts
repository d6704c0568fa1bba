/**
 * The engine: one interface, run in a worker.
 * @module
 */
export type {
  BackendChoice,
  Capabilities,
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
  Score,
  ScoreInit,
  ScoreOptions,
  SelfTestReport,
  SpeedReport,
  WaitOptions,
} from './engine.ts'
export { createWorkerEngine, type WorkerEngineInit } from './worker/worker-engine.ts'
