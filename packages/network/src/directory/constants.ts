/**
 * Numbers of `/weft/directory/1`, each with its reason. Times in milliseconds.
 * @module
 */
import {
  type DirectoryRequest,
  type DirectoryResponse,
  decode,
  directoryRequestSchema,
  directoryResponseSchema,
  encode,
  limits,
} from '@weft/protocol'
import type { MessageFormat } from '../wire/message-stream.ts'

export const directoryProtocol = '/weft/directory/1'

export const directoryTimes = {
  /** A relay answers in a few milliseconds; five seconds is a relay that does not. */
  requestMs: 5_000,
  /** Load is fresh enough for choosing a node; growth and idleness are told at once. */
  loadMs: 3_000,
  /** After that at most so often: short jobs must not be a flood. */
  loadPauseMs: 200,
  /** The same load is told again: two of three may be lost. A relay has thousands of nodes. */
  heartbeatMs: 20_000,
  /**
   * A browser lets the timers of a hidden tab run once a minute, so silence for less than that says
   * nothing. Dead tabs are noticed by the relay's pings, which a hidden tab answers.
   */
  heartbeatLossMs: 75_000,
  /** A relay hears of a tab that takes an offer back, or has lost the tab's stream by then. */
  unregisterMs: 1_000,
  /** How often the relay looks for entries without heartbeats. */
  sweepMs: 5_000,
  /** How long a query waits for the second relay once the first has answered. */
  secondAnswerMs: 300,
  /** How long a query waits for a first relay while the tab is still connecting. */
  connectMs: 8_000,
  /** Before a query whose line was cut is asked again. */
  askAgainMs: 200,
} as const

/** Relays asked by one query: one may be restarting or lying. */
export const relaysPerQuery = 2

/** A busy node sends a few messages a second, a person's search a few more. */
export const messagesPerSecond = 20
export const messageBurst = 60
/**
 * Messages over the rate, each answered with an error, before the stream is cut. One in ten seconds
 * is forgotten: a busy node that lives for weeks is no flood.
 */
export const maxRefusedMessages = 200

/**
 * Nodes that a query looks at, and as many of its region: a millisecond. What matches seldom is found by
 * asking again, and no question that nothing matches holds up the others.
 */
export const maxLooks = 2_000

/** What is around a registration in a message takes less than this. */
export const envelopeBytes = 128
const maxRequestBytes = limits.maxRegistrationBytes + envelopeBytes
/** What the offers of one answer may take; those beyond it are left out. The rest is for relays. */
export const maxAnswerBytes = limits.maxFrameBytes - 16 * 1024

export const relaySide: MessageFormat<DirectoryRequest, DirectoryResponse> = {
  subject: 'directory request',
  maxFrameBytes: maxRequestBytes,
  maxBufferedBytes: 4 * maxRequestBytes,
  writeMs: directoryTimes.requestMs,
  decode: (bytes) => decode('directory request', directoryRequestSchema, bytes, maxRequestBytes),
  encode: (message) => encode('directory answer', directoryResponseSchema, message),
}

export const tabSide: MessageFormat<DirectoryResponse, DirectoryRequest> = {
  subject: 'directory answer',
  maxFrameBytes: limits.maxFrameBytes,
  maxBufferedBytes: 4 * limits.maxFrameBytes,
  writeMs: directoryTimes.requestMs,
  decode: (bytes) => decode('directory answer', directoryResponseSchema, bytes),
  encode: (message) =>
    encode('directory request', directoryRequestSchema, message, maxRequestBytes),
}
