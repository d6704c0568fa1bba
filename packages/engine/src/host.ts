/**
 * The inside of the engine's worker, for a worker of one's own, e.g. one that takes times.
 * @module
 */
export type { StepTiming } from './scheduler/scheduler.ts'
export { hostEngine } from './worker/host-engine.ts'
export { openWebRuntime } from './worker/web-runtime.ts'
