/**
 * A client's wait at a node that is full: told its place, bounded by a deadline of the client's own.
 * @module
 */
import type { NodeMessage, QueuePlace } from '@weft/protocol'
import { withDeadline } from '../wire/deadline.ts'
import { MessageRate } from '../wire/message-rate.ts'
import { hasCode, queueStalled } from './call-errors.ts'
import { inferTimes, queuedBurst, queuedPerSecond } from './constants.ts'
import type { NodeMessages } from './job-call.ts'

type QueueInit = {
  /** Counts: a node that moves its promise on and on gains nothing. */
  first: QueuePlace
  onQueued: (place: QueuePlace) => void
}

/**
 * @returns the first message that is not about the queue
 * @throws WeftError `network/queue-stalled`, MalformedError for a flood
 */
export async function waitInQueue(
  messages: NodeMessages,
  { first, onQueued }: QueueInit,
  { signal }: { signal: AbortSignal | undefined },
): Promise<NodeMessage | null> {
  const { queueSlackMs, longestQueueMs } = inferTimes
  const ms = Math.min(3 * first.aboutMs + queueSlackMs, longestQueueMs)
  const rate = new MessageRate({ perSecond: queuedPerSecond, burst: queuedBurst })
  const wait = async (deadline: AbortSignal) => {
    onQueued(first)
    for (;;) {
      const message = await messages.read({ signal: deadline })
      if (message?.type !== 'queued') return message
      if (!rate.take()) throw messages.refuse('The place in the queue is told too often.')
      onQueued(message.place)
    }
  }
  try {
    return await withDeadline(wait, { subject: 'The wait in the queue', ms, signal })
  } catch (error) {
    throw hasCode(error, 'network/timeout') ? queueStalled(first, error) : error
  }
}
