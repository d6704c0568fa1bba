/**
 * The engine: one interface, run in a worker.
 * @module
 */
export type {
  BackendChoice,
  Engine,
  GenerateInit,
  GeneratePart,
  LoadInit,
  LoadOptions,
  LoadResult,
  LoadStage,
  SelfTestReport,
  SpeedReport,
  WaitOptions,
} from './engine.ts'
export { createWorkerEngine, type WorkerEngineInit } from './worker/worker-engine.ts'
