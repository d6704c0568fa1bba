/**
 * What can stand between two tabs.
 * @module
 */
import { WeftError } from '@weft/protocol'

/** Inside this folder only: work goes on with the next leader. */
export const leaderGoneCode = 'engine/leader-gone'
/** Inside this folder only: the model may be replaced, by whoever asked. */
export const stepAsideCode = 'engine/step-aside'

export function leaderGone(): WeftError {
  return new WeftError(
    leaderGoneCode,
    'The tab of this browser that ran the engine is gone. Load the model again.',
  )
}

export function stepAside(): WeftError {
  return new WeftError(stepAsideCode, 'The engine is free. Load the model in this tab.')
}

export function heldElsewhere(modelName: string): WeftError {
  return new WeftError(
    'engine/held-elsewhere',
    'Another tab of this browser is using the engine with another model, or on another backend. Use the same here, or stop the other tab first.',
    { facts: [`Loaded: ${modelName}`] },
  )
}

export function replacedElsewhere(): WeftError {
  return new WeftError(
    'engine/not-loaded',
    'Another tab of this browser loaded another model in the meantime. Load yours again.',
  )
}
