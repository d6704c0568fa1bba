/**
 * Small models with secret weights: what they say, and the proof of it. Loaded when somebody has to do with one.
 * @module
 */
export type { Proved, ProverOptions, ProveStage } from '@weft/verification/proofs'
export type { ModelCard } from '@weft/verification/proved-models'
export {
  type Asked,
  answerOf,
  type CheckedScores,
  checkScores,
  openProvedModel,
  type ProvedModel,
  type Scores,
} from './proved-model.ts'
