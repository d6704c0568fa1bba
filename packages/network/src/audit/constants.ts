/**
 * Numbers of `/weft/audit/1`, each with its reason. Times in milliseconds.
 * @module
 */
import {
  type AuditRequest,
  type AuditResponse,
  auditRequestSchema,
  auditResponseSchema,
  decode,
  encode,
  limits,
} from '@weft/protocol'
import type { MessageFormat } from '../wire/message-stream.ts'

export const auditProtocol = '/weft/audit/1'

export const auditTimes = {
  /** Opening a stream on a live connection takes two round trips. */
  openMs: 5_000,
  /** The largest request over a line of 50 KB/s. */
  requestMs: 15_000,
  writeMs: 15_000,
  /**
   * Reading 8,192 tokens on a slow device, behind the answers that it makes itself; a verifier that is gone is
   * noticed by its pings long before.
   */
  verdictMs: 180_000,
}

/** Streams on which an answer is read or checked: each holds a conversation of up to half a megabyte. */
export const maxAudits = 16
/** A client that wants more checked waits for the first. */
export const maxAuditsPerPeer = 1
/** More than are served, so that the ones too many are told. */
export const maxIncomingStreams = maxAuditsPerPeer + 1

/** A response is 44 KB at most: 33 of margins, the rest of what 256 windows' states say. */
const maxResponseBytes = 64 * 1024

export const askingSide: MessageFormat<AuditResponse, AuditRequest> = {
  subject: 'answer of a verifier',
  maxFrameBytes: maxResponseBytes,
  maxBufferedBytes: 2 * maxResponseBytes,
  writeMs: auditTimes.writeMs,
  decode: (bytes) => decode('answer of a verifier', auditResponseSchema, bytes, maxResponseBytes),
  encode: (message) =>
    encode('request for a check', auditRequestSchema, message, limits.maxFrameBytes),
}

export const checkingSide: MessageFormat<AuditRequest, AuditResponse> = {
  subject: 'request for a check',
  maxFrameBytes: limits.maxFrameBytes,
  maxBufferedBytes: 2 * limits.maxFrameBytes,
  writeMs: auditTimes.writeMs,
  decode: (bytes) => decode('request for a check', auditRequestSchema, bytes, limits.maxFrameBytes),
  encode: (message) =>
    encode('answer of a verifier', auditResponseSchema, message, maxResponseBytes),
}
