/**
 * The relay's half of `/weft/directory/1`.
 * @module
 */
import type { Connection, Stream } from '@libp2p/interface'
import {
  checkRegistration,
  type DirectoryRequest,
  type DirectoryResponse,
  WeftError,
  type WireError,
} from '@weft/protocol'
import { MessageRate } from '../wire/message-rate.ts'
import { MessageStream } from '../wire/message-stream.ts'
import {
  directoryTimes,
  maxRefusedMessages,
  messageBurst,
  messagesPerSecond,
  relaySide,
} from './constants.ts'
import type { DirectoryTable, EntryOwner } from './directory-table.ts'

export type DirectoryServerInit = {
  table: DirectoryTable
  /** Told about every broken message and flood. */
  onOffence: (connection: Connection) => void
  /** Told about every request that is answered. */
  onRequest?: (type: DirectoryRequest['type']) => void
}

/** Omit that keeps a union a union. */
type Answer<Response> = Response extends unknown ? Omit<Response, 'requestId'> : never

export class DirectoryServer {
  readonly #init: DirectoryServerInit
  /** Per connection: opening another stream brings no more. */
  readonly #rates = new WeakMap<Connection, MessageRate>()
  readonly #timer: ReturnType<typeof setInterval>

  constructor(init: DirectoryServerInit) {
    this.#init = init
    const { sweepMs, heartbeatLossMs } = directoryTimes
    this.#timer = setInterval(() => init.table.sweep(heartbeatLossMs), sweepMs)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  /** Answers requests in their order until the stream ends. Never rejects. */
  async serve(stream: Stream, connection: Connection): Promise<void> {
    const { table, onOffence } = this.#init
    const peerId = connection.remotePeer.toString()
    const messages = new MessageStream({
      stream,
      format: relaySide,
      onOffence: () => onOffence(connection),
    })
    try {
      await this.#answerAll(messages, connection)
    } catch (error) {
      messages.abort(WeftError.from(error, 'network/stream-lost', 'The stream broke.'))
    } finally {
      table.drop(peerId, messages)
      await messages.close()
    }
  }

  async #answerAll(
    messages: MessageStream<DirectoryRequest, DirectoryResponse>,
    connection: Connection,
  ): Promise<void> {
    const peerId = connection.remotePeer.toString()
    const rate = this.#rateOf(connection)
    let refused = 0
    for (;;) {
      const request = await messages.read()
      if (request === null) return
      const { requestId } = request
      if (rate.take()) {
        const answer = this.#answer(request, { peerId, owner: messages })
        await messages.write({ ...answer, requestId })
      } else {
        refused += 1
        if (refused > maxRefusedMessages) throw messages.refuse('Far too many messages.')
        await messages.write({ type: 'error', requestId, error: tooFast })
      }
    }
  }

  #answer(
    request: DirectoryRequest,
    { peerId, owner }: { peerId: string; owner: EntryOwner },
  ): Answer<DirectoryResponse> {
    const { table, onRequest } = this.#init
    onRequest?.(request.type)
    try {
      switch (request.type) {
        case 'register':
          checkRegistration(request.registration, peerId)
          table.put(request.registration, owner)
          return { type: 'done' }
        case 'heartbeat':
          if (table.touch(peerId, owner, request.activeJobs)) return { type: 'done' }
          return { type: 'error', error: notRegistered }
        case 'unregister':
          table.drop(peerId, owner)
          return { type: 'done' }
        case 'query':
          return { type: 'offers', ...table.find(request) }
      }
    } catch (error) {
      const { code, message } = WeftError.from(error, 'network/relay-failed', 'The relay failed.')
      return { type: 'error', error: { code, message } }
    }
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
