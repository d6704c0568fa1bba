/**
 * What can go wrong with a call to a node, in words for a person.
 * @module
 */
import { type QueuePlace, WeftError, type WireError } from '@weft/protocol'

/** @param tokens - that had arrived before */
export function nodeLost(tokens: number, cause?: unknown): WeftError {
  return new WeftError('network/node-lost', `The node was lost ${after(tokens)}.`, { cause })
}

export function nodeStalled(tokens: number, cause: WeftError): WeftError {
  const message = `The node is connected, but stopped answering ${after(tokens)}.`
  return new WeftError('network/stalled', message, { facts: [cause.message], cause })
}

/** `network/refused`. The node's own reason is the cause, a WeftError with the code that it gave. */
export class NodeRefusedError extends WeftError {
  /** Of a node that is busy: when asking again may help, as it says. */
  readonly retryAfterMs: number | null

  constructor({ code, message }: WireError, retryAfterMs: number | null) {
    super('network/refused', `The node refused the job. ${message}`, {
      facts: [`Reason: ${code}`],
      cause: new WeftError(code, message),
    })
    this.retryAfterMs = retryAfterMs
  }
}

/** It had said that it would be done by now. */
export function queueStalled({ aboutMs }: QueuePlace, cause: unknown): WeftError {
  const seconds = Math.round(aboutMs / 1000)
  const message = `The node said "about ${seconds} s" and did not begin in time.`
  return new WeftError('network/queue-stalled', message, { cause })
}

/** The node's own error is the cause. */
export function nodeFailed({ code, message }: WireError): WeftError {
  return new WeftError('network/node-failed', `The node failed. ${message}`, {
    facts: [`Reason: ${code}`],
    cause: new WeftError(code, message),
  })
}

export function hasCode(error: unknown, code: string): error is WeftError {
  return WeftError.is(error) && error.code === code
}

function after(tokens: number): string {
  if (tokens === 0) return 'before its first token'
  return tokens === 1 ? 'after 1 token' : `after ${tokens} tokens`
}
