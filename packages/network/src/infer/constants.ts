/**
 * Numbers of `/weft/infer/1`, each with its reason. Times in milliseconds.
 * @module
 */
import {
  type ClientMessage,
  clientMessageSchema,
  decode,
  encode,
  limits,
  type NodeMessage,
  nodeMessageSchema,
} from '@weft/protocol'
import type { MessageFormat } from '../wire/message-stream.ts'

export const inferProtocol = '/weft/infer/1'

export const inferTimes = {
  /** One try of a dial, without delay on the line: twenty times the usual 0.25 s. */
  dialTryMs: 5_000,
  /** All tries to one node: a person who waits is told within ten seconds. */
  dialMs: 7_000,
  /** Opening a stream on a live connection takes two round trips. */
  openMs: 5_000,
  /** The client sends its job right after opening the stream. */
  jobMs: 10_000,
  /** A node counts the prompt's tokens before it quotes; everything else is quick. */
  quoteMs: 10_000,
  /**
   * A client waits in a queue for three times what the node said first and this much on top: jobs vary
   * in length, and a node that lies about its queue must not hold anybody.
   */
  queueSlackMs: 10_000,
  /** However long the node says. */
  longestQueueMs: 5 * 60_000,
  /** The client checks one signature between quote and acceptance. */
  acceptMs: 10_000,
  /** The prefill of a long prompt on a slow CPU; a dead node is noticed by its pings long before. */
  firstTokenMs: 30_000,
  /** No engine that is worth its price needs this long for one token. */
  tokenGapMs: 10_000,
  /** After a cancel: one token to finish, one signature, one trip. */
  cancelMs: 1_000,
  /** A client that takes no token for so long blocks a place that another could use. */
  creditMs: 60_000,
  /** A reader that makes no room for one message in so long is taken for gone. */
  writeMs: 10_000,
  /** Both sides have said all: one trip, and a busy moment of the other page. */
  closeMs: 2_000,
  /** 8192 tokens at 5 a second: a client that drips its credit must not hold a place for days. */
  wholeJobMs: 30 * 60_000,
}

/** Dials to one node before it counts as unreachable: one may meet a page that is just closing. */
export const dialTries = 3
/** Of a dial: 18 to the relay, the introduction of two tabs being sent through it, and some lost. */
export const roundTripsOfDial = 24
/** By satellite; a relay that answers later than this does not make a person wait longer. */
export const longestTripMs = 700

/** Deltas on their way at once: a second of a fast engine, and a few KB of small frames. */
export const creditWindow = 64
/** More unused credit than this is a mistake of the client. */
export const maxCredits = 2048

/** What a node says of its queue in one second, and at once: once a second is what it should. */
export const queuedPerSecond = 2
export const queuedBurst = 10

/** Calls that a node holds at once; how many of them run is for the node's owner to say. */
export const maxIncomingCalls = 64
/** Per client, running and waiting; how they share the places is for the node's owner to say. */
export const maxIncomingCallsPerPeer = 4
/** More than are served, so that the ones too many are told why. */
export const maxIncomingStreams = 8

/** A client may have this much unread before it is cut: a window of large deltas. */
const maxBufferedBytes = 2 * 1024 * 1024

export const clientSide: MessageFormat<NodeMessage, ClientMessage> = {
  subject: 'message of a node',
  maxFrameBytes: limits.maxFrameBytes,
  maxBufferedBytes,
  writeMs: inferTimes.writeMs,
  decode: (bytes) => decode('message of a node', nodeMessageSchema, bytes),
  encode: (message) => encode('message to a node', clientMessageSchema, message),
}

export const nodeSide: MessageFormat<ClientMessage, NodeMessage> = {
  subject: 'message of a client',
  maxFrameBytes: limits.maxFrameBytes,
  maxBufferedBytes,
  writeMs: inferTimes.writeMs,
  decode: (bytes) => decode('message of a client', clientMessageSchema, bytes),
  encode: (message) => encode('message to a client', nodeMessageSchema, message),
}
