/**
 * From the worker that takes times to the page that adds them up.
 * @module
 */
import type { StepTiming } from '@weft/engine/host'

/** `runMs`: of `forwardMs`, inside ONNX Runtime. */
export type TimedStep = StepTiming & { runMs: number }

export const profileChannel = 'weft-profile'
