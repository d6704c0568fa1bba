/**
 * What a node says to a client that it does not answer, or not to the end.
 * @module
 */
import { limits, WeftError, type WireError } from '@weft/protocol'

export function switchedOff(): WeftError {
  return new WeftError('sdk/stopped', 'Its owner switched serving off. What has arrived is yours.')
}

export function leftQueue(): WeftError {
  return new WeftError('sdk/left-queue', 'The client has left the queue.')
}

export function busy(aboutMs: number): WireError {
  const seconds = Math.ceil(aboutMs / 1000)
  return { code: 'sdk/busy', message: `This tab is busy, about ${seconds} s.` }
}

export function wrongModel(modelCid: string): WireError {
  return { code: 'sdk/wrong-model', message: `This tab does not serve the model ${modelCid}.` }
}

export function noStates(): WeftError {
  return new WeftError(
    'sdk/no-fingerprints',
    'This device does not show the states that a fingerprint is made of. What has arrived is yours.',
  )
}

export function noRoom(): WeftError {
  return new WeftError(
    'engine/short-context',
    'This device has room for less than the model can answer. What has arrived is yours; another tab can go on.',
  )
}

export const noFingerprints: WireError = {
  code: 'sdk/no-fingerprints',
  message: 'Nobody has measured fingerprints of this model. Ask without them.',
}

/** The facts stay here: they are for this node's owner, and the sentence says enough. */
export function toWire(error: unknown): WireError {
  const { code, message } = WeftError.from(error, 'sdk/node-failed', 'The node failed.')
  return { code, message: message.slice(0, limits.maxErrorMessageChars) }
}
