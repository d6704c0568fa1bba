/**
 * Made-up models in real layouts, for tests, benchmarks and tools.
 * @module
 */
export { buildEncoder } from './testing/build-encoder.ts'
export { buildModel, graphPath } from './testing/build-model/build-model.ts'
export {
  type Dtype,
  defaultRecipe,
  type Family,
  families,
  type Recipe,
  recipes,
  type Shape,
  tinyShape,
} from './testing/build-model/recipe.ts'
export { buildWeights, type Weight } from './testing/build-model/weights.ts'
export { type Cheaper, cheapen } from './testing/cheapen.ts'
export { readMoonshine, readRecording } from './testing/moonshine-files.ts'
export { openNodeWasm } from './testing/node-wasm.ts'
