/**
 * The node's half of `/weft/infer/1`.
 * @module
 */
import {
  bytesEqual,
  CancelledError,
  type ClientMessage,
  type Delta,
  type Job,
  type JobPayment,
  type NodeMessage,
  type QueuePlace,
  type Quote,
  type Receipt,
  sha256,
  type Voucher,
  WeftError,
  type WireError,
} from '@weft/protocol'
import type { IncomingJob } from '../network.ts'
import { withDeadline } from '../wire/deadline.ts'
import type { MessageStream } from '../wire/message-stream.ts'
import { inferTimes, maxCredits } from './constants.ts'
import { CreditGate } from './credit-gate.ts'

export type ClientMessages = MessageStream<ClientMessage, NodeMessage>

export type IncomingCallInit = Pick<IncomingJob, 'job' | 'answered' | 'clientPeerId' | 'payment'>

type State = 'received' | 'quoted' | 'accepted' | 'ended'

export class IncomingCall implements IncomingJob {
  readonly job: Job
  readonly answered: readonly number[]
  readonly clientPeerId: string
  readonly payment: JobPayment | null
  readonly #messages: ClientMessages
  readonly #credits = new CreditGate()
  readonly #abort = new AbortController()
  readonly #closed = new AbortController()
  readonly #nonce = Promise.withResolvers<Uint8Array>()
  #state: State = 'received'
  #takeVoucher: ((voucher: Voucher) => Promise<void>) | null = null
  /** Stays true behind the end: the voucher for the rest comes then. */
  #isAccepted = false
  /** The client asked to stop and still waits for a receipt. */
  #cancelled = false
  /** Ends with the client's side of the stream. */
  readonly #listening: Promise<void>
  readonly #timer: ReturnType<typeof setTimeout>

  constructor(
    messages: ClientMessages,
    { job, answered, clientPeerId, payment }: IncomingCallInit,
  ) {
    this.#messages = messages
    this.job = job
    this.answered = answered
    this.clientPeerId = clientPeerId
    this.payment = payment
    this.#nonce.promise.catch(() => {})
    this.#timer = setTimeout(() => void this.#expire(), inferTimes.wholeJobMs)
    this.#listening = this.#listen()
  }

  get signal(): AbortSignal {
    return this.#abort.signal
  }

  get closed(): AbortSignal {
    return this.#closed.signal
  }

  get hasEnded(): boolean {
    return this.#state === 'ended'
  }

  refuse(error: WireError, retryAfterMs: number | null = null): Promise<void> {
    this.#expect('received')
    return this.#end({ type: 'refusal', error, retryAfterMs })
  }

  async queue(place: QueuePlace): Promise<void> {
    this.#expect('received')
    await this.#messages.write({ type: 'queued', place })
  }

  handleVouchers(take: (voucher: Voucher) => Promise<void>): void {
    this.#takeVoucher = take
  }

  async quote(quote: Quote): Promise<Uint8Array> {
    this.#expect('received')
    this.#state = 'quoted'
    await this.#messages.write({ type: 'quote', quote })
    const subject = "The client's acceptance"
    return withDeadline(() => this.#nonce.promise, { subject, ms: inferTimes.acceptMs })
  }

  /**
   * A delta whose `send` was waiting when the client cancelled still goes out, so that the receipt
   * can count it.
   * @throws CancelledError when the client had cancelled before, or is gone
   * @throws WeftError `network/stalled` when the client gives no credit for a minute
   */
  async send(delta: Delta): Promise<void> {
    this.#expect('accepted')
    if (this.signal.aborted) throw new CancelledError({ subject: 'The job' })
    const hasCredit = await this.#credits.take(inferTimes.creditMs, this.signal)
    if (!hasCredit && !this.#cancelled) {
      if (this.signal.aborted) throw new CancelledError({ subject: 'The job' })
      throw new WeftError('network/stalled', 'The client has stopped taking tokens.')
    }
    await this.#messages.write({ type: 'delta', delta })
  }

  finish(receipt: Receipt): Promise<void> {
    this.#expect('accepted')
    return this.#end({ type: 'receipt', receipt })
  }

  async fail(error: WireError): Promise<void> {
    if (this.#state === 'ended') return
    await this.#end({ type: 'error', error })
  }

  async #end(message: NodeMessage): Promise<void> {
    this.#state = 'ended'
    clearTimeout(this.#timer)
    await this.#messages.write(message)
    await this.#messages.close()
    void this.#awaitClose()
  }

  /** All is said: a client that keeps the stream open gains nothing. */
  async #awaitClose(): Promise<void> {
    try {
      const subject = "The client's end of the call"
      await withDeadline(() => this.#listening, { subject, ms: inferTimes.closeMs })
    } catch (error) {
      this.#messages.abort(WeftError.from(error, 'network/not-closed', 'The call was cut.'))
    }
  }

  async #expire(): Promise<void> {
    const message = `A job may take ${inferTimes.wholeJobMs / 60_000} minutes; this one took longer.`
    const error = new WeftError('network/job-too-long', message)
    const told = this.fail({ code: error.code, message })
    this.#giveUp()
    try {
      await told
    } catch {
      this.#messages.abort(error)
    }
  }

  #expect(state: State): void {
    if (this.#state === state) return
    throw new WeftError('network/wrong-order', `The job is ${this.#state}, not ${state}.`)
  }

  async #listen(): Promise<void> {
    try {
      for (;;) {
        const message = await this.#messages.read()
        if (message === null) break
        await this.#receive(message)
      }
    } catch {
      // A cut stream or a broken message: the stream is gone, and with it the client.
    }
    clearTimeout(this.#timer)
    this.#cancelled = false
    this.#giveUp()
    this.#closed.abort()
  }

  async #receive(message: ClientMessage): Promise<void> {
    if (message.type === 'cancel' && !this.#cancelled) {
      this.#cancelled = true
      this.#giveUp()
    } else if (message.type === 'accept' && this.#state === 'quoted') {
      if (!bytesEqual(sha256(message.nonce), this.job.nonceHash)) {
        throw this.#messages.refuse('The nonce is not the one of the job.')
      }
      this.#state = 'accepted'
      this.#isAccepted = true
      this.#credits.add(message.credits)
      this.#nonce.resolve(message.nonce)
      if (message.voucher) await this.#receiveVoucher(message.voucher)
    } else if (message.type === 'voucher' && this.#isAccepted) {
      await this.#receiveVoucher(message.voucher)
    } else if (message.type === 'credit' && this.#state !== 'received') {
      this.#credits.add(message.credits)
      if (this.#credits.credits > maxCredits) throw this.#messages.refuse('Too much credit.')
    } else {
      throw this.#messages.refuse(`A message "${message.type}" is not allowed now.`)
    }
  }

  /** It is kept before anything else is read: a flood of vouchers waits in the line. */
  async #receiveVoucher(voucher: Voucher): Promise<void> {
    if (!this.#takeVoucher) throw this.#messages.refuse('This job is not paid with vouchers.')
    await this.#takeVoucher(voucher)
  }

  #giveUp(): void {
    const reason = new CancelledError({ subject: 'The job' })
    this.#nonce.reject(reason)
    this.#abort.abort(reason)
  }
}
