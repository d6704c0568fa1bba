/**
 * Numbers of the federation, each with its reason. Times in milliseconds.
 * @module
 */
import {
  decode,
  encode,
  type FederationPage,
  type FederationRequest,
  federationPageSchema,
  federationRequestSchema,
  limits,
} from '@weft/protocol'
import type { MessageFormat } from '../wire/message-stream.ts'

/** News over gossipsub. */
export const newsTopic = 'weft/federation/1'
/** All that a relay holds, page by page. */
export const federationProtocol = '/weft/federation/1'

export const federationTimes = {
  /** A node that comes or goes is known everywhere within this; what comes at once goes together. */
  flushMs: 200,
  /** Even without news, so that the others know we live and notice what they have missed. */
  pulseMs: 1_000,
  /**
   * Ten pulses. What a silent relay held is then forgotten: nobody can be introduced over it, and
   * one that is back is back within a second or two.
   */
  lossMs: 10_000,
  /** How long one page may take. */
  pageMs: 5_000,
  /**
   * Three pulses: a line whose news do not come is looked at page by page, and at `lossMs` cut, so
   * that it is made anew.
   */
  silenceMs: 3_000,
  /**
   * One look at everything: 10,000 nodes are 313 pages, and a relay that gives them one by one keeps us
   * from looking anywhere else.
   */
  syncMs: 120_000,
  /** Between two looks at everything that one relay holds; doubles as long as they are of no use. */
  syncPauseMs: 1_000,
  maxSyncPauseMs: 60_000,
  /** A healed line is found within this; between relays nobody waits in line. */
  redialMs: 2_000,
  dialMs: 5_000,
  /** Work on other relays' news before queries get their turn; a fifth of a query's 20 ms. */
  sliceMs: 4,
} as const

/** Digests that may differ in a row: one may have overtaken what it is about. */
export const toleratedDifferences = 1

/** Offers in one message: 256 KiB at most. */
export const offersPerNews = 32
export const maxNewsBytes = limits.maxFrameBytes
/** What waits for a relay that does not read, before news for it are dropped. */
export const maxUnsentBytes = 4 * 1024 * 1024
/** News of one relay that wait their turn; what is over is dropped, and noticed by the digest. */
export const maxQueuedNews = 256

/** Offers in one look at everything, however often they repeat. */
export const maxOffersPerSync = 50_000
/** Registrations of one relay whose signatures are checked: a third of a millisecond each. */
export const checksPerSecond = 1_000
/** All that it has, once. */
export const checkBurst = 12_000

const maxRequestBytes = 128

export const servingSide: MessageFormat<FederationRequest, FederationPage> = {
  subject: 'federation request',
  maxFrameBytes: maxRequestBytes,
  maxBufferedBytes: 4 * maxRequestBytes,
  writeMs: federationTimes.pageMs,
  decode: (bytes) => decode('federation request', federationRequestSchema, bytes, maxRequestBytes),
  encode: (page) => encode('federation page', federationPageSchema, page),
}

export const askingSide: MessageFormat<FederationPage, FederationRequest> = {
  subject: 'federation page',
  maxFrameBytes: limits.maxFrameBytes,
  maxBufferedBytes: 2 * limits.maxFrameBytes,
  writeMs: federationTimes.pageMs,
  decode: (bytes) => decode('federation page', federationPageSchema, bytes),
  encode: (request) => encode('federation request', federationRequestSchema, request),
}
