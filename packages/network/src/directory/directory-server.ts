/**
 * The relay's half of `/weft/directory/1`.
 * @module
 */
import type { Connection, Stream } from '@libp2p/interface'
import {
  type DirectoryRequest,
  type DirectoryResponse,
  type Registration,
  WeftError,
  type WireError,
} from '@weft/protocol'
import { MessageRate } from '../wire/message-rate.ts'
import { MessageStream } from '../wire/message-stream.ts'
import type { Admission, Applicant } from './admission.ts'
import {
  directoryTimes,
  maxRefusedMessages,
  messageBurst,
  messagesPerSecond,
  relaySide,
} from './constants.ts'
import type { DirectoryTable } from './directory-table.ts'

export type DirectoryServerInit = {
  table: DirectoryTable
  admission: Admission
  /** @throws WeftError when the registration is not signed by this peer */
  check: (registration: Registration, peerId: string) => void
  /** By which a connection's nodes are counted together; null where it says nothing. */
  addressOf: (connection: Connection) => string | null
  /** Told about every broken message and flood. */
  onOffence: (connection: Connection) => void
  /** Told about every request that is answered, and how. */
  onRequest?: (type: DirectoryRequest['type'], answer: AnswerType) => void
}

export type AnswerType = DirectoryResponse['type']
type Messages = MessageStream<DirectoryRequest, DirectoryResponse>
/** Omit that keeps a union a union. */
type Body<Response> = Response extends { requestId: number } ? Omit<Response, 'requestId'> : never
type Answer = Body<DirectoryResponse>

export class DirectoryServer {
  readonly #init: DirectoryServerInit
  /** Per connection: opening another stream brings no more. */
  readonly #rates = new WeakMap<Connection, MessageRate>()
  readonly #streams = new Set<Messages>()
  readonly #timer: ReturnType<typeof setInterval>
  #isDraining = false

  constructor(init: DirectoryServerInit) {
    this.#init = init
    const { sweepMs, heartbeatLossMs } = directoryTimes
    this.#timer = setInterval(() => init.table.sweep(heartbeatLossMs), sweepMs)
  }

  /** Takes no more registrations, and tells every tab. */
  drain(): void {
    this.#isDraining = true
    for (const messages of this.#streams) messages.write({ type: 'draining' }).catch(() => {})
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  /** Answers requests in their order until the stream ends. Never rejects. */
  async serve(stream: Stream, connection: Connection): Promise<void> {
    const { onOffence, addressOf } = this.#init
    const peerId = connection.remotePeer.toString()
    const client: Applicant = { peerId, address: addressOf(connection), asked: null }
    const messages: Messages = new MessageStream({
      stream,
      format: relaySide,
      onOffence: () => onOffence(connection),
    })
    this.#streams.add(messages)
    try {
      await this.#answerAll(messages, client, this.#rateOf(connection))
    } catch (error) {
      messages.abort(WeftError.from(error, 'network/stream-lost', 'The stream broke.'))
    } finally {
      this.#streams.delete(messages)
      this.#drop(client)
      await messages.close()
    }
  }

  async #answerAll(messages: Messages, client: Applicant, rate: MessageRate): Promise<void> {
    const refusals = new MessageRate({ perSecond: 0.1, burst: maxRefusedMessages })
    for (;;) {
      const request = await messages.read()
      if (request === null) return
      const { requestId } = request
      if (rate.take()) {
        const answer = this.#answer(request, client)
        this.#init.onRequest?.(request.type, answer.type)
        await messages.write({ ...answer, requestId })
      } else {
        if (!refusals.take()) throw messages.refuse('Far too many messages.')
        await messages.write({ type: 'error', requestId, error: tooFast })
      }
    }
  }

  #answer(request: DirectoryRequest, client: Applicant): Answer {
    const { table } = this.#init
    try {
      switch (request.type) {
        case 'register':
          return this.#register(request, client)
        case 'heartbeat':
          if (table.touch(client.peerId, client, request.activeJobs)) return { type: 'done' }
          return { type: 'error', error: notRegistered }
        case 'unregister':
          this.#drop(client)
          return { type: 'done' }
        case 'query':
          return { type: 'offers', ...table.find(request) }
      }
    } catch (error) {
      const { code, message } = WeftError.from(error, 'network/relay-failed', 'The relay failed.')
      return { type: 'error', error: { code, message } }
    }
  }

  #register(
    { registration, work }: Extract<DirectoryRequest, { type: 'register' }>,
    client: Applicant,
  ): Answer {
    if (this.#isDraining) return { type: 'error', error: draining }
    const { table, admission, check } = this.#init
    check(registration, client.peerId)
    const asked = admission.check(client, work)
    if (asked) {
      client.asked = asked
      return { type: 'work', ...asked }
    }
    table.put(registration, client)
    admission.add(client)
    return { type: 'done' }
  }

  #drop(client: Applicant): void {
    const { table, admission } = this.#init
    table.drop(client.peerId, client)
    admission.remove(client)
  }

  #rateOf(connection: Connection): MessageRate {
    const existing = this.#rates.get(connection)
    if (existing) return existing
    const rate = new MessageRate({ perSecond: messagesPerSecond, burst: messageBurst })
    this.#rates.set(connection, rate)
    return rate
  }
}

const tooFast: WireError = {
  code: 'network/too-many-messages',
  message: `A relay answers ${messagesPerSecond} messages per second to each tab.`,
}

const notRegistered: WireError = {
  code: 'network/not-registered',
  message: 'This relay has no registration of this tab on this stream.',
}

const draining: WireError = {
  code: 'network/draining',
  message: 'This relay is about to end and takes no more registrations.',
}
