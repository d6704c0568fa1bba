/**
 * Numbers of `/weft/audit/1`, each with its reason: an answer goes to a verifier, what it found comes back.
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
  WeftError,
} from '@weft/protocol'
import type { Questions } from '../wire/questions.ts'

/** A client that wants more checked waits for the first. */
export const maxAuditsPerPeer = 1

const writeMs = 15_000
/** 44 KB at most: 33 of margins, the rest of what 256 windows' states say. */
const maxResponseBytes = 64 * 1024
const [request, response] = ['request for a check', 'answer of a verifier']

export const audits: Questions<AuditRequest, AuditResponse> = {
  protocol: '/weft/audit/1',
  subject: 'The check',
  asking: {
    subject: response,
    maxFrameBytes: maxResponseBytes,
    maxBufferedBytes: 2 * maxResponseBytes,
    writeMs,
    decode: (bytes) => decode(response, auditResponseSchema, bytes, maxResponseBytes),
    encode: (message) => encode(request, auditRequestSchema, message, limits.maxFrameBytes),
  },
  answering: {
    subject: request,
    maxFrameBytes: limits.maxFrameBytes,
    maxBufferedBytes: 2 * limits.maxFrameBytes,
    writeMs,
    decode: (bytes) => decode(request, auditRequestSchema, bytes, limits.maxFrameBytes),
    encode: (message) => encode(response, auditResponseSchema, message, maxResponseBytes),
  },
  /** Opening a stream on a live connection takes two round trips. */
  openMs: 5_000,
  /** The largest request over a line of 50 KB/s. */
  requestMs: 15_000,
  /** Reading 8,192 tokens on a slow device, behind the answers that it makes itself. */
  answerMs: 180_000,
  /** Each holds a conversation of up to half a megabyte. */
  max: 16,
  maxPerPeer: maxAuditsPerPeer,
  busyMs: 5_000,
  unserved: new WeftError('network/not-verifying', 'This tab checks no answers now.'),
  full: new WeftError('network/busy', 'This tab checks as many answers as it can.'),
}
