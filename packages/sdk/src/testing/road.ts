/**
 * Both halves of the road on their own, for those who put another engine or network under them.
 * @module
 */
export { createAnswerChecks } from '../checking/answer-checks.ts'
export { checkAnswers } from '../checking/check-answer.ts'
export type { CourtRecord } from '../checking/court-records.ts'
export type { CourtView } from '../checking/court-view.ts'
export { dieLots, type Lots, lotsOrDie } from '../checking/lots.ts'
export { createTabCourt, type OpenCourt } from '../checking/tab-court.ts'
export { generate } from '../generate.ts'
export { findLayers } from '../layers/find-layers.ts'
export { serveLayers } from '../layers/serve-layers.ts'
export { createNodeMemory, type NodeMemory } from '../node-memory.ts'
export { serve } from '../serve.ts'
export type { GenerateEvent } from '../tab.ts'
