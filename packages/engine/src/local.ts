/**
 * The engine without a worker, on a runtime that the caller brings: for Node, tools and tests.
 * @module
 */
export { makeKnownEmbedding } from './embed/known-embedding.ts'
export { type DenseLayer, readDenseLayers, writeDenseLayers } from './graph/dense-layers.ts'
export { decodeModel, tensorType } from './graph/onnx.ts'
export { makeKnownStates, openLocalLayers } from './layers/local-layers.ts'
export { partPaths } from './layers/part-link.ts'
export { type ModelPart, splitModel } from './layers/split-model.ts'
export { createLocalEngine, type LocalEngineInit } from './local-engine.ts'
export { makeKnownAnswer } from './make-known-answer.ts'
export { externalWeights, type ModelFiles, readModelConfig } from './model/model-config.ts'
export { nodeRuntime } from './node-runtime.ts'
export { openLocalGraph } from './run-graph/local-graph.ts'
export type { OpenRuntime, OrtModule, Runtime, RuntimeChoice } from './runtime.ts'
export { createOwnEngine } from './shared/own-engine.ts'
