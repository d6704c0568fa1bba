/**
 * Numbers of `/weft/prove/1`, each with its reason: a score is asked for with its proof, or whether a proof holds.
 * @module
 */
import {
  decode,
  encode,
  type ProveRequest,
  type ProveResponse,
  proveRequestSchema,
  proveResponseSchema,
  WeftError,
} from '@weft/protocol'
import type { Questions } from '../wire/questions.ts'

/** A proof with 16 signals has 2 KB. */
const maxFrameBytes = 8 * 1024
const frames = { maxFrameBytes, maxBufferedBytes: 2 * maxFrameBytes, writeMs: 10_000 }
const [request, response] = ['question about a proof', 'answer about a proof']

export const proofs: Questions<ProveRequest, ProveResponse> = {
  protocol: '/weft/prove/1',
  subject: 'The proof',
  asking: {
    ...frames,
    subject: response,
    decode: (bytes) => decode(response, proveResponseSchema, bytes, maxFrameBytes),
    encode: (message) => encode(request, proveRequestSchema, message, maxFrameBytes),
  },
  answering: {
    ...frames,
    subject: request,
    decode: (bytes) => decode(request, proveRequestSchema, bytes, maxFrameBytes),
    encode: (message) => encode(response, proveResponseSchema, message, maxFrameBytes),
  },
  /** Opening a stream on a live connection takes two round trips. */
  openMs: 5_000,
  /** A few hundred bytes over any line. */
  requestMs: 5_000,
  /** A slow phone takes ten seconds for each of those before, and its line a minute for the key. */
  answerMs: 180_000,
  /** They wait for each other: two seconds each, and whoever can prove as well waits for fifteen. */
  max: 5,
  /** One more while the first is proved, e.g. whether another proof holds. */
  maxPerPeer: 2,
  busyMs: 5_000,
  unserved: new WeftError('network/not-proving', 'This tab has to do with no proofs now.'),
  full: new WeftError('network/busy', 'This tab proves as much as it can.'),
}
