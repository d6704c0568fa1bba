/**
 * Opens a line over a live connection.
 * @module
 */
import type { Connection } from '@libp2p/interface'
import { WeftError } from '@weft/protocol'
import type { ChunkLine, WaitOptions } from '../network.ts'
import { withDeadline } from '../wire/deadline.ts'
import { MessageStream } from '../wire/message-stream.ts'
import { StreamChunkLine } from './chunk-line.ts'
import { askingSide, blobProtocol, blobTimes } from './constants.ts'

type OpenLineInit = { connection: Connection; onOffence: () => void }

/** @throws WeftError `network/unreachable`; CancelledError */
export async function openLine(
  { connection, onOffence }: OpenLineInit,
  { signal }: WaitOptions,
): Promise<ChunkLine> {
  const stream = await withDeadline(
    (limit) => connection.newStream(blobProtocol, { signal: limit }),
    { subject: 'Opening a line for chunks', ms: blobTimes.openMs, signal },
  ).catch((cause: unknown) => {
    throw WeftError.from(cause, 'network/unreachable', 'The tab takes no line for chunks.')
  })
  const messages = new MessageStream({ stream, format: askingSide, onOffence })
  return new StreamChunkLine(messages, connection.remotePeer.toString())
}
