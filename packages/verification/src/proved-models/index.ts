/**
 * Small networks whose weights are secret and whose answers are proved: loaded when somebody has to do with one.
 * @module
 */
export { circuitInputOf, type ProofInit } from './circuit-input.ts'
export { makePackage } from './make-package.ts'
export {
  cardHash,
  cardSchema,
  featuresOf,
  type ModelCard,
  type ModelPackage,
  networkOf,
  readPackage,
  servedCid,
} from './model-package.ts'
export { classOf, scoresOf } from './network.ts'
export { packFeatures, unpackScores } from './pack.ts'
