/**
 * Numbers of `/weft/layers/1`, each with its reason. Times in milliseconds.
 * @module
 */
import {
  decodeHeadMessage,
  decodePartMessage,
  encodeHeadMessage,
  encodePartMessage,
  type HeadMessage,
  layersLimits,
  type PartMessage,
} from '@weft/protocol'
import type { MessageFormat } from '../wire/message-stream.ts'

export const layersProtocol = '/weft/layers/1'

export const layersTimes = {
  /** Opening a stream on a live connection takes two round trips. */
  openMs: 5_000,
  /** 2 MiB over a line of 200 KB/s. */
  writeMs: 10_000,
  /** A token of several answers; every answer of the head waits for it, so a part that hangs is left. */
  stepMs: 3_000,
  /** Beside that, of each token of a prompt: half as fast as the slowest tab that may read prompts. */
  tokenMs: 50,
  /** The first step of a shape compiles kernels. */
  firstStepMs: 15_000,
  /** The caches of a head that asks nothing for so long are freed; it would read its texts again. */
  idleMs: 180_000,
  /** Where all lines are taken, one that was of no use for so long makes room: longer than any step. */
  yieldMs: 30_000,
}

/** Heads that a tab computes for, each with caches of its own. */
export const maxLines = 16
/** A head that reloads comes again before the end of its old line is noticed. */
export const maxLinesPerPeer = 2
/** More than are served, so that the ones too many are told. */
export const maxIncomingStreams = maxLinesPerPeer + 1

/** One step is under way at a time. */
const maxFrameBytes = layersLimits.maxStatesBytes + layersLimits.maxHeadBytes + 2
const shared = { maxFrameBytes, maxBufferedBytes: 3 * 1024 * 1024, writeMs: layersTimes.writeMs }

export const headSide: MessageFormat<PartMessage, HeadMessage> = {
  ...shared,
  subject: 'answer of layers',
  decode: decodePartMessage,
  encode: encodeHeadMessage,
}

export const partSide: MessageFormat<HeadMessage, PartMessage> = {
  ...shared,
  subject: 'request for layers',
  decode: decodeHeadMessage,
  encode: encodePartMessage,
}
