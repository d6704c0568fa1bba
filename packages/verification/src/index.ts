/**
 * Verification: whether an answer is what a model says, found by recomputing it. What an engine computed
 * comes as an argument.
 * @module
 */
export {
  areaUnderCurve,
  type ChooseInit,
  chooseFingerprintLimits,
  chooseMarginLimits,
  type DrawInit,
  drawSeverities,
  type MarginLimits,
  type Margins,
  shareFound,
} from './calibration.ts'
export {
  compareFingerprint,
  isAlike,
  type Likeness,
  makeFingerprint,
} from './fingerprint.ts'
export { type LikenessesInit, likenessesOf } from './likenesses.ts'
export { type Stretch, severity, worstStretches } from './margins.ts'
export { type Asked, type Question, questionOf } from './question.ts'
export {
  type Evidence,
  type Finding,
  type Judged,
  outcomeOf,
  type Scored,
  verify,
} from './verify.ts'
