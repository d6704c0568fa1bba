/**
 * Small randomly initialised models with a manifest, ready for an engine.
 * @module
 */
import type { ChatManifest } from '@weft/protocol'
import type { LoadInit } from '../engine.ts'
import { makeKnownAnswer } from '../make-known-answer.ts'
import { buildModel, graphPath } from './build-model/build-model.ts'
import { defaultRecipe, type Recipe } from './build-model/recipe.ts'
import { nodeCpu } from './node-model.ts'

/** What loads it on the CPU; the known answer is computed by onnxruntime-node. */
export async function builtModelInit(change: Partial<Recipe> = {}): Promise<LoadInit> {
  const recipe: Recipe = { ...defaultRecipe, ...change }
  const files = buildModel(recipe)
  const graph = graphPath(recipe)
  const knownAnswer = await makeKnownAnswer({ runtime: nodeCpu, files, graph, toleranceAbs: 0.01 })
  const manifest: ChatManifest = {
    version: 1,
    task: 'chat',
    id: `test/${recipe.family}`,
    name: recipe.family,
    description: '',
    licence: 'Apache-2.0',
    parameters: 1,
    dtype: recipe.dtype === 'q8w' ? 'q8' : recipe.dtype,
    contextTokens: recipe.shape.context,
    memoryBytes: 1,
    graph,
    // Nobody fetches them.
    files: [],
    knownAnswer,
  }
  return { manifest, openFiles: async () => files, backend: 'wasm' }
}
