/**
 * A device that tells nothing of itself, so that only the owner's rules pause it.
 * @module
 */
import { DecodePace } from '../pausing/decode-pace.ts'
import { createPauseWatch } from '../pausing/pause-watch.ts'

export function quietDevice() {
  const pace = new DecodePace(() => false)
  return { pace, pausing: createPauseWatch({ source: {}, pace }), attend: () => () => {} }
}
