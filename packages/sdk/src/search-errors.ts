/**
 * What the errors of a search say about a node, and what is told where nobody can be asked.
 * @module
 */
import type { NodeRefusedError } from '@weft/network'
import { WeftError } from '@weft/protocol'

/** Reasons that another node would give too. */
const finalRefusals = [
  'engine/prompt-too-long',
  'protocol/empty-prompt',
  'protocol/too-large',
  'payments/no-funds',
  'payments/funds-ended',
  'payments/cap-used',
  'payments/grant',
]
const busyRefusals = ['sdk/busy', 'network/busy']
/** What no honest node sends. */
const lies = ['protocol/malformed', 'protocol/quote', 'protocol/receipt', 'protocol/signature']
/** Where a full node does not say for how long. */
const unknownWaitMs = 5_000

export function isLie(error: unknown): boolean {
  return WeftError.is(error) && lies.includes(error.code)
}

/** The node has no part in what a relay says of it. */
export function isMadeUp(error: unknown): boolean {
  return WeftError.is(error) && error.code === 'network/false-offer'
}

/** It is this tab that cannot pay, whoever is asked. */
export function isOwnTrouble(error: unknown): boolean {
  return WeftError.is(error) && /^(payments|storage)\//.test(error.code)
}

/** A node that refuses, because it is full or because all would, has done nothing wrong. */
export function refusalOf(error: unknown): WeftError | undefined {
  if (!WeftError.is(error) || error.code !== 'network/refused') return undefined
  return WeftError.is(error.cause) ? error.cause : undefined
}

/** @returns the node's own reason, when an honest node would give it to everybody */
export function finalReason(error: unknown): WeftError | undefined {
  const reason = refusalOf(error)
  return reason && finalRefusals.includes(reason.code) ? reason : undefined
}

/** @returns for how long a full node says that it is, in milliseconds; null for any other error */
export function busyMsOf(error: unknown): number | null {
  const reason = refusalOf(error)
  if (!reason || !busyRefusals.includes(reason.code)) return null
  return (error as NodeRefusedError).retryAfterMs ?? unknownWaitMs
}

export function noNodes(): WeftError {
  return new WeftError('sdk/no-nodes', 'No other tab serves this model right now.', {
    facts: [
      'Nothing was sent and nothing was charged.',
      'Answer on this device, or open the Contribute page in another browser and switch Serve on.',
    ],
  })
}

export function tooDear(): WeftError {
  return new WeftError(
    'sdk/too-dear',
    'Every tab that serves this model right now asks for more than you pay.',
    { facts: ['Nothing was sent and nothing was charged.'] },
  )
}

export function noneRegistered(): WeftError {
  return new WeftError(
    'sdk/none-registered',
    'Private credits pay registered tabs only, and no tab that serves this model right now is registered.',
    {
      facts: [
        'Nothing was sent and nothing was charged: what the ticket lets this tab spend is still there.',
        'Ask again when a registered tab serves it, ask free tabs, or answer on this device.',
      ],
    },
  )
}

export function onlyFalse(): WeftError {
  return new WeftError(
    'sdk/only-false',
    'The only tabs that serve this model right now were found to answer falsely.',
    {
      facts: ['Nothing was sent and nothing was charged.', 'Answer on this device, or try later.'],
    },
  )
}

export function allBusy(aboutMs: number | null): WeftError {
  const seconds = Math.ceil((aboutMs ?? unknownWaitMs) / 1000)
  return new WeftError('sdk/busy', `Every tab is busy. A place is free in about ${seconds} s.`, {
    facts: ['Nothing was charged. Answer on this device, or try again later.'],
  })
}
