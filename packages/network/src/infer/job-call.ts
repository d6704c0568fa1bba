/**
 * The client's half of `/weft/infer/1`.
 * @module
 */
import {
  CancelledError,
  type ClientMessage,
  type Delta,
  type Job,
  type JobPayment,
  limits,
  type NodeMessage,
  type QueuePlace,
  type Quote,
  tokensPerWindow,
  type Voucher,
  WeftError,
  windowsFilled,
} from '@weft/protocol'
import type { AcceptOptions, CallPart, JobCall, WaitOptions } from '../network.ts'
import { type DeadlineOptions, withDeadline } from '../wire/deadline.ts'
import type { MessageStream } from '../wire/message-stream.ts'
import { hasCode, NodeRefusedError, nodeFailed, nodeLost, nodeStalled } from './call-errors.ts'
import { creditWindow, inferTimes } from './constants.ts'
import { waitInQueue } from './queue-wait.ts'

export type NodeMessages = MessageStream<NodeMessage, ClientMessage>

export type OpenCallInit = {
  nodePeerId: string
  job: Job
  /** Tokens of the answer that exist already. */
  answered: readonly number[]
  payment: JobPayment | null
  onQueued: (place: QueuePlace) => void
}

type StreamedCallInit = {
  nodePeerId: string
  quote: Quote
  job: Job
  firstToken: number
}

/**
 * Sends the job and waits for its quote, in the node's queue if need be.
 * @throws NodeRefusedError
 * @throws WeftError `network/timeout`, `network/queue-stalled`, `network/node-lost`,
 *   `protocol/malformed`
 */
export async function openCall(
  messages: NodeMessages,
  { nodePeerId, job, answered, payment, onQueued }: OpenCallInit,
  { signal }: WaitOptions,
): Promise<JobCall> {
  try {
    let answer = await withDeadline(
      async (deadline) => {
        await messages.write({ type: 'job', job, answered: [...answered], payment })
        return messages.read({ signal: deadline })
      },
      { subject: "The node's quote", ms: inferTimes.quoteMs, signal },
    )
    if (answer?.type === 'queued') {
      answer = await waitInQueue(messages, { first: answer.place, onQueued }, { signal })
    }
    if (answer === null) throw nodeLost(0)
    if (answer.type === 'refusal') throw new NodeRefusedError(answer.error, answer.retryAfterMs)
    if (answer.type === 'error') throw nodeFailed(answer.error)
    if (answer.type !== 'quote') throw messages.refuse('A quote was expected.')
    const { length: firstToken } = answered
    return new StreamedCall(messages, { nodePeerId, quote: answer.quote, job, firstToken })
  } catch (error) {
    const reason = hasCode(error, 'network/stream-lost')
      ? nodeLost(0, error)
      : WeftError.from(error, 'network/node-lost', 'The call to the node failed.')
    messages.abort(reason)
    throw reason
  }
}

class StreamedCall implements JobCall {
  readonly nodePeerId: string
  readonly quote: Quote
  readonly #messages: NodeMessages
  /** The read under way: an ended wait must not lose the message that it waited for. */
  #pending: Promise<NodeMessage | null> | null = null
  readonly #cancel = new AbortController()
  #cancelledAtMs = 0
  readonly #job: Job
  /** Of the whole answer. */
  #tokens: number
  readonly #firstToken: number
  #textChars = 0
  /** A delta without tokens has come; only an end may follow. */
  #hasRest = false
  /** Deltas that the node may still send. */
  #credits = creditWindow
  #ended = false

  constructor(messages: NodeMessages, { nodePeerId, quote, job, firstToken }: StreamedCallInit) {
    this.#messages = messages
    this.nodePeerId = nodePeerId
    this.quote = quote
    this.#job = job
    this.#tokens = firstToken
    this.#firstToken = firstToken
  }

  async *accept(
    nonce: Uint8Array,
    { signal, voucher = null, lastVoucher }: AcceptOptions = {},
  ): AsyncGenerator<CallPart> {
    const stop = () => this.#sendCancel()
    signal?.addEventListener('abort', stop, { once: true })
    try {
      if (signal?.aborted) throw new CancelledError({ subject: 'The job' })
      await this.#messages.write({ type: 'accept', nonce, credits: creditWindow, voucher })
      yield* this.#parts()
    } catch (error) {
      const reason = this.#explain(error)
      // A node that says why it stops can be paid for what it has sent.
      if (!this.#ended) this.#messages.abort(reason)
      this.#ended = true
      throw reason
    } finally {
      signal?.removeEventListener('abort', stop)
      if (!this.#ended) this.#sendCancel()
      void this.#close(lastVoucher)
    }
  }

  pay(voucher: Voucher): void {
    this.#send({ type: 'voucher', voucher })
  }

  decline(): void {
    void this.#close()
  }

  async *#parts(): AsyncGenerator<CallPart> {
    for (;;) {
      const message = await this.#next()
      if (message === null) throw nodeLost(this.#tokens)
      if (message.type === 'delta') {
        this.#count(message.delta)
        yield { type: 'delta', delta: message.delta }
        this.#grant()
      } else if (message.type === 'receipt') {
        this.#ended = true
        yield { type: 'receipt', receipt: message.receipt }
        return
      } else if (message.type === 'error') {
        this.#ended = true
        throw nodeFailed(message.error)
      } else {
        throw this.#messages.refuse('A delta or an end was expected.')
      }
    }
  }

  async #next(): Promise<NodeMessage | null> {
    const { signal } = this.#cancel
    if (!signal.aborted) {
      const ms = this.#tokens === this.#firstToken ? inferTimes.firstTokenMs : inferTimes.tokenGapMs
      try {
        return await this.#read({ subject: 'The next token', ms, signal })
      } catch (error) {
        if (!signal.aborted) throw error
      }
    }
    const ms = Math.max(0, this.#cancelledAtMs + inferTimes.cancelMs - Date.now())
    return this.#read({ subject: 'The receipt of a cancelled job', ms })
  }

  async #read(deadline: DeadlineOptions): Promise<NodeMessage | null> {
    this.#pending ??= this.#messages.read()
    const pending = this.#pending
    const message = await withDeadline(() => pending, deadline)
    this.#pending = null
    return message
  }

  /** What a node may make this tab keep is bounded by the tokens that the job asked for. */
  #count({ index, tokens, text, fingerprint }: Delta): void {
    if (index !== this.#tokens) {
      throw this.#messages.refuse(`Token ${this.#tokens} was expected, token ${index} came.`)
    }
    // The delta that waited for credit when the cancel arrived may still come.
    if (this.#credits === 0 && !this.#cancel.signal.aborted) {
      throw this.#messages.refuse('A delta came without credit.')
    }
    this.#credits = Math.max(0, this.#credits - 1)
    if (this.#hasRest) throw this.#messages.refuse('A delta came after one without tokens.')
    this.#hasRest = tokens.length === 0
    this.#tokens += tokens.length
    const { maxTokens, fingerprints } = this.#job
    if (this.#tokens > maxTokens) {
      throw this.#messages.refuse(`More than the ${maxTokens} tokens asked for came.`)
    }
    const isFull = tokens.length > 0 && this.#tokens % tokensPerWindow === 0
    const isOwed = fingerprints && windowsFilled(index, this.#tokens) > 0
    if (isOwed !== (fingerprint !== undefined) || (isOwed && !isFull)) {
      throw this.#messages.refuse(
        'A window came without its fingerprint, or one without its window.',
      )
    }
    this.#textChars += text.length
    if (this.#textChars > this.#tokens * limits.maxTextCharsPerToken) {
      throw this.#messages.refuse('The text is longer than its tokens can be.')
    }
  }

  #grant(): void {
    const credits = creditWindow - this.#credits
    if (credits < creditWindow / 2 || this.#cancel.signal.aborted) return
    this.#credits = creditWindow
    this.#send({ type: 'credit', credits })
  }

  #sendCancel(): void {
    if (this.#cancel.signal.aborted || this.#ended) return
    this.#cancelledAtMs = Date.now()
    this.#cancel.abort()
    this.#send({ type: 'cancel' })
  }

  #send(message: ClientMessage): void {
    // A lost stream is noticed, with all that arrived before, by the next read.
    this.#messages.write(message).catch(() => {})
  }

  /** Ends our side and then, in a moment, the whole stream: a node that keeps it open gains nothing. */
  async #close(lastVoucher?: AcceptOptions['lastVoucher']): Promise<void> {
    try {
      const closing = async (signal: AbortSignal) => {
        const voucher = await lastVoucher?.()
        if (voucher) await this.#messages.write({ type: 'voucher', voucher })
        await this.#drain(signal)
      }
      await withDeadline(closing, {
        subject: "The node's end of the call",
        ms: inferTimes.closeMs,
      })
    } catch (error) {
      this.#messages.abort(WeftError.from(error, 'network/not-closed', 'The call was cut.'))
    }
  }

  /** Nobody waits any more for what still comes after our end. */
  async #drain(signal: AbortSignal): Promise<void> {
    await this.#messages.close()
    while ((await (this.#pending ?? this.#messages.read({ signal }))) !== null) this.#pending = null
  }

  #explain(error: unknown): WeftError {
    const isLost = hasCode(error, 'network/stream-lost') || hasCode(error, 'network/node-lost')
    const isLate = hasCode(error, 'network/timeout')
    // A node that had done nothing yet has nothing to sign, and says so.
    const isWithoutEnd = hasCode(error, 'network/node-failed')
    if (this.#cancel.signal.aborted && (isLost || isLate || isWithoutEnd)) {
      return new CancelledError({ subject: 'The job', cause: error })
    }
    if (isLate) return nodeStalled(this.#tokens, error)
    if (isLost) return nodeLost(this.#tokens, error)
    return WeftError.from(error, 'network/node-lost', 'The call to the node failed.')
  }
}
