/**
 * Takes streams of `/weft/infer/1` and hands their jobs to the handler of this tab.
 * @module
 */
import type { Connection, Stream } from '@libp2p/interface'
import { WeftError, type WireError } from '@weft/protocol'
import type { IncomingJob } from '../network.ts'
import { withDeadline } from '../wire/deadline.ts'
import { MessageStream } from '../wire/message-stream.ts'
import { inferTimes, maxIncomingCalls, maxIncomingCallsPerPeer, nodeSide } from './constants.ts'
import { type ClientMessages, IncomingCall } from './incoming-call.ts'

export type JobHandler = (incoming: IncomingJob) => Promise<void>

export type InferServerInit = {
  /** Told about every broken message. */
  onOffence: (connection: Connection) => void
}

export class InferServer {
  readonly #onOffence: InferServerInit['onOffence']
  /** Calls under way by client. */
  readonly #calls = new Map<string, number>()
  #total = 0
  handler: JobHandler | null = null

  constructor({ onOffence }: InferServerInit) {
    this.#onOffence = onOffence
  }

  /** Never rejects: whatever a peer sends ends its stream and nothing else. */
  async serve(stream: Stream, connection: Connection): Promise<void> {
    const clientPeerId = connection.remotePeer.toString()
    const onOffence = () => this.#onOffence(connection)
    const messages: ClientMessages = new MessageStream({ stream, format: nodeSide, onOffence })
    const callsOfClient = (this.#calls.get(clientPeerId) ?? 0) + 1
    this.#calls.set(clientPeerId, callsOfClient)
    this.#total += 1
    const isFull = this.#total > maxIncomingCalls || callsOfClient > maxIncomingCallsPerPeer
    try {
      await this.#serveCall(messages, { clientPeerId, isFull })
    } catch (error) {
      messages.abort(WeftError.from(error, 'network/call-failed', 'The call failed.'))
    } finally {
      this.#total -= 1
      const rest = (this.#calls.get(clientPeerId) ?? 1) - 1
      if (rest > 0) this.#calls.set(clientPeerId, rest)
      else this.#calls.delete(clientPeerId)
    }
  }

  async #serveCall(
    messages: ClientMessages,
    { clientPeerId, isFull }: { clientPeerId: string; isFull: boolean },
  ): Promise<void> {
    const message = await withDeadline((signal) => messages.read({ signal }), {
      subject: 'The job',
      ms: inferTimes.jobMs,
    })
    if (message === null) return messages.close()
    if (message.type !== 'job') throw messages.refuse('A job was expected.')
    const { job, answered, payment } = message
    if (job.clientPeerId !== clientPeerId) {
      throw messages.refuse('The job names another client than the one who sent it.')
    }
    if (answered.length > job.maxTokens) {
      throw messages.refuse('More of the answer exists than the job asks for.')
    }
    const call = new IncomingCall(messages, { job, answered, clientPeerId, payment })
    const { handler } = this
    if (!handler) return call.refuse(notServing)
    if (isFull) return call.refuse(busy, busyMs)
    await this.#run(handler, call)
  }

  async #run(handler: JobHandler, call: IncomingCall): Promise<void> {
    try {
      await handler(call)
    } catch (error) {
      const failure = WeftError.from(error, 'network/handler-failed', 'The node failed.')
      await call.fail({ code: failure.code, message: failure.message.slice(0, 500) })
      return
    }
    if (!call.hasEnded) {
      await call.fail({ code: 'network/no-end', message: 'The node gave the job no end.' })
    }
  }
}

const notServing: WireError = {
  code: 'network/not-serving',
  message: 'This tab does not serve jobs now.',
}

/** A guess: what a call takes is for the node's owner to know. */
const busyMs = 5_000

const busy: WireError = {
  code: 'network/busy',
  message: 'This tab holds as many jobs as it can. Ask another one.',
}
