/**
 * Numbers of `/weft/blob/1`, each with its reason. Times in milliseconds.
 * @module
 */
import {
  type BlobRequest,
  type BlobResponse,
  blobRequestSchema,
  chunkBytes,
  decode,
  decodeBlobResponse,
  encode,
  encodeBlobResponse,
  limits,
} from '@weft/protocol'
import type { MessageFormat } from '../wire/message-stream.ts'

export const blobProtocol = '/weft/blob/1'

export const blobTimes = {
  /** Opening a stream on a live connection takes two round trips. */
  openMs: 5_000,
  /** The whole window over a line of 100 KB/s; a dead peer is noticed by its pings long before. */
  answerMs: 60_000,
  /** Half of that: who cannot be served in time is told at once. */
  maxWaitMs: 30_000,
  /** 2 MiB, which is what libp2p queues, over a line of 50 KB/s. */
  writeMs: 45_000,
  /** A line on which nothing is asked for so long is ended: a download asks every few seconds. */
  idleMs: 60_000,
  /**
   * A peer that has asked for no chunk for so long gives its place to another; a line on which nothing was
   * given for so long makes room where all lines are taken.
   */
  placeMs: 10_000,
}

/**
 * Answers on their way at once on one line. WebRTC streams have no read backpressure and die at 4 MiB
 * unread: three chunks keep a line full and stay below.
 */
export const maxInFlight = 3

/** Requests of one line that a tab keeps: the window, and as many that cancel. */
export const maxQueuedRequests = 2 * maxInFlight
/** A tab that reloads comes again before the end of its old line is noticed. */
export const maxLinesPerPeer = 2
/** Lines of all peers, idle ones included. */
export const maxLines = 64
/** More than are served, so that the ones too many are told. */
export const maxIncomingStreams = maxLinesPerPeer + 1

/** A request is a hash and a nonce at most. */
const maxRequestBytes = 512

export const askingSide: MessageFormat<BlobResponse, BlobRequest> = {
  subject: 'answer of a storing tab',
  maxFrameBytes: chunkBytes + limits.maxHeadBytes,
  maxBufferedBytes: 3.5 * 1024 * 1024,
  writeMs: blobTimes.writeMs,
  decode: decodeBlobResponse,
  encode: (message) => encode('request for chunks', blobRequestSchema, message, maxRequestBytes),
}

export const givingSide: MessageFormat<BlobRequest, BlobResponse> = {
  subject: 'request for chunks',
  maxFrameBytes: maxRequestBytes,
  maxBufferedBytes: 16 * 1024,
  writeMs: blobTimes.writeMs,
  decode: (bytes) => decode('request for chunks', blobRequestSchema, bytes, maxRequestBytes),
  encode: encodeBlobResponse,
}
