/**
 * A tab's half of `/weft/directory/1`: one long-lived stream on one connection to a relay.
 * @module
 */
import type { Connection } from '@libp2p/interface'
import {
  type DirectoryRequest,
  type DirectoryResponse,
  unlessAborted,
  WeftError,
} from '@weft/protocol'
import type { WaitOptions } from '../network.ts'
import { withDeadline } from '../wire/deadline.ts'
import { streamLost } from '../wire/frame-stream.ts'
import { MessageStream } from '../wire/message-stream.ts'
import { directoryProtocol, directoryTimes, tabSide } from './constants.ts'

type Messages = MessageStream<DirectoryResponse, DirectoryRequest>
type Body<Request> = Request extends unknown ? Omit<Request, 'requestId'> : never
type Answer = Exclude<DirectoryResponse, { type: 'draining' }>
type Pending = PromiseWithResolvers<Answer>

export type DirectoryClientInit = {
  connection: Connection
  /** The registration that was made on the stream is gone with it. */
  onStreamLost: () => void
  /** The relay is going to end. */
  onDraining: () => void
}

export class DirectoryClient {
  readonly #init: DirectoryClientInit
  readonly #pending = new Map<number, Pending>()
  #stream: Promise<Messages> | null = null
  #nextId = 0
  #asked = 0

  constructor(init: DirectoryClientInit) {
    this.#init = init
  }

  /** Whether a person's search waits for an answer. */
  get isAsked(): boolean {
    return this.#asked > 0
  }

  /**
   * Sends a request and waits for its answer; opens the stream when there is none.
   * @throws WeftError with the relay's own code, `network/timeout`, `network/stream-lost`
   */
  async request(body: Body<DirectoryRequest>, { signal }: WaitOptions = {}): Promise<Answer> {
    const requestId = this.#nextId++ % 0x1_0000_0000
    const isQuery = body.type === 'query'
    if (isQuery) this.#asked += 1
    try {
      return await withDeadline((deadline) => this.#exchange({ ...body, requestId }, deadline), {
        subject: "The relay's answer",
        ms: directoryTimes.requestMs,
        signal,
      })
    } finally {
      if (isQuery) this.#asked -= 1
    }
  }

  async #exchange(request: DirectoryRequest, signal: AbortSignal): Promise<Answer> {
    const messages = await this.#open()
    signal.throwIfAborted()
    const pending: Pending = Promise.withResolvers()
    // The stream may be lost while the request is still being written.
    pending.promise.catch(() => {})
    this.#pending.set(request.requestId, pending)
    try {
      await messages.write(request)
      const answer = await unlessAborted(pending.promise, signal, "The relay's answer")
      if (answer.type === 'error') throw new WeftError(answer.error.code, answer.error.message)
      return answer
    } finally {
      this.#pending.delete(request.requestId)
    }
  }

  #open(): Promise<Messages> {
    this.#stream ??= this.#openStream().catch((error: unknown) => {
      this.#stream = null
      throw error
    })
    return this.#stream
  }

  async #openStream(): Promise<Messages> {
    const signal = AbortSignal.timeout(directoryTimes.requestMs)
    let messages: Messages
    try {
      const stream = await this.#init.connection.newStream(directoryProtocol, { signal })
      messages = new MessageStream({
        stream,
        format: tabSide,
        onOffence: () => {},
      })
    } catch (cause) {
      throw streamLost('The relay takes no directory stream.', cause)
    }
    void this.#listen(messages)
    return messages
  }

  async #listen(messages: Messages): Promise<void> {
    let reason = streamLost('The relay has closed the stream.')
    try {
      for (;;) {
        const answer = await messages.read()
        if (answer === null) break
        if (answer.type === 'draining') this.#init.onDraining()
        else this.#pending.get(answer.requestId)?.resolve(answer)
      }
    } catch (error) {
      reason = WeftError.from(error, 'network/stream-lost', 'The stream to the relay broke.')
    }
    messages.abort(reason)
    this.#stream = null
    for (const pending of this.#pending.values()) pending.reject(reason)
    this.#pending.clear()
    this.#init.onStreamLost()
  }
}
