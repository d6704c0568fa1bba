/**
 * The engine without a worker, on a runtime that the caller brings: for Node, tools and tests.
 * @module
 */
export { createLocalEngine, type LocalEngineInit } from './local-engine.ts'
export { makeKnownAnswer } from './make-known-answer.ts'
export { externalWeights, type ModelFiles, readModelConfig } from './model/model-config.ts'
export { nodeRuntime } from './node-runtime.ts'
export type { OpenRuntime, OrtModule, Runtime, RuntimeChoice } from './runtime.ts'
