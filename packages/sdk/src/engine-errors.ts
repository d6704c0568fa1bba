/**
 * Why a tab's engine is not ready.
 * @module
 */
import { WeftError } from '@weft/protocol'

export function prepareError(error: unknown): WeftError {
  return WeftError.from(error, 'sdk/prepare', 'The model could not be made ready.')
}

export function busy(): WeftError {
  return new WeftError('sdk/engine-busy', 'This tab serves another model, or on another backend.', {
    facts: ['Switch Serve off to run something else here.'],
  })
}
