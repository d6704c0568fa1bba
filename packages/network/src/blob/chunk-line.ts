/**
 * The asking half of `/weft/blob/1`: one line to a tab that stores models.
 * @module
 */
import {
  type BlobRequest,
  type BlobResponse,
  type ChunkAnswer,
  unlessAborted,
  WeftError,
} from '@weft/protocol'
import type { ChallengeInit, ChunkLine, WaitOptions } from '../network.ts'
import type { MessageStream } from '../wire/message-stream.ts'
import { blobTimes, maxInFlight } from './constants.ts'

type Messages = MessageStream<BlobResponse, BlobRequest>
type Question =
  | { type: 'manifest' | 'holdings'; modelCid: string }
  | { type: 'chunk'; hash: Uint8Array }
  | { type: 'challenge'; hash: Uint8Array; nonce: Uint8Array }

/** What may answer which question. */
const answerTo = {
  manifest: 'manifest',
  holdings: 'holdings',
  chunk: 'chunk',
  challenge: 'proof',
} as const

type Pending = {
  wanted: BlobResponse['type']
  resolve: (answer: BlobResponse) => void
  reject: (error: WeftError) => void
  timer: ReturnType<typeof setTimeout>
}

export class StreamChunkLine implements ChunkLine {
  readonly peerId: string
  readonly #messages: Messages
  /** Asked and not answered, those included whose answer nobody waits for any more. */
  readonly #pending = new Map<number, Pending>()
  #waiting: (() => void)[] = []
  #lastId = 0
  #lost: WeftError | null = null

  constructor(messages: Messages, peerId: string) {
    this.#messages = messages
    this.peerId = peerId
    void this.#listen()
  }

  async manifest(modelCid: string, options?: WaitOptions): Promise<Uint8Array> {
    return given(await this.#ask({ type: 'manifest', modelCid }, options)).body
  }

  async holdings(modelCid: string, options?: WaitOptions): Promise<Uint8Array> {
    const answer = given(await this.#ask({ type: 'holdings', modelCid }, options))
    return answer.type === 'holdings' ? answer.bits : new Uint8Array(0)
  }

  async chunk(hash: Uint8Array, options?: WaitOptions): Promise<ChunkAnswer> {
    const answer = await this.#ask({ type: 'chunk', hash }, options)
    if (answer.type !== 'refusal') return { type: 'chunk', bytes: answer.body }
    const { reason, retryAfterMs } = answer
    return reason === 'busy' ? { type: 'busy', retryAfterMs } : { type: 'not-held' }
  }

  async challenge({ hash, nonce }: ChallengeInit, options?: WaitOptions): Promise<Uint8Array> {
    const answer = given(await this.#ask({ type: 'challenge', hash, nonce }, options))
    return answer.type === 'proof' ? answer.digest : new Uint8Array(0)
  }

  accuse(fact: string): void {
    this.#end(this.#messages.refuse(fact))
  }

  close(): void {
    this.#end(new WeftError('network/closed', 'The line was closed.'))
  }

  /** A caller that leaves frees its answer's place only when the answer has come. */
  async #ask(question: Question, { signal }: WaitOptions = {}): Promise<BlobResponse> {
    while (!this.#lost && this.#pending.size >= maxInFlight) await this.#answered(signal)
    if (this.#lost) throw this.#lost
    this.#lastId += 1
    const requestId = this.#lastId
    const { promise, resolve, reject } = Promise.withResolvers<BlobResponse>()
    promise.catch(() => {})
    const timer = setTimeout(() => this.#expire(), blobTimes.answerMs)
    const wanted = answerTo[question.type]
    this.#pending.set(requestId, { wanted, resolve, reject, timer })
    this.#send({ ...question, requestId })
    try {
      return await unlessAborted(promise, signal, 'The question')
    } catch (error) {
      if (this.#pending.has(requestId)) this.#send({ type: 'cancel', requestId })
      throw error
    }
  }

  async #answered(signal: AbortSignal | undefined): Promise<void> {
    const answered = new Promise<void>((resolve) => this.#waiting.push(resolve))
    await unlessAborted(answered, signal, 'The question')
  }

  #send(request: BlobRequest): void {
    this.#messages
      .write(request)
      .catch((error) => this.#end(WeftError.from(error, 'network/stream-lost', 'It is gone.')))
  }

  async #listen(): Promise<void> {
    try {
      for (;;) {
        const answer = await this.#messages.read()
        if (answer === null) break
        this.#receive(answer)
      }
      this.#end(new WeftError('network/stream-lost', 'The other tab has closed the line.'))
    } catch (error) {
      this.#end(WeftError.from(error, 'network/stream-lost', 'The line is lost.'))
    }
  }

  #receive(answer: BlobResponse): void {
    if (this.#lost) return
    const pending = this.#pending.get(answer.requestId)
    if (!pending) throw this.#messages.refuse('An answer that nobody asked for.')
    if (answer.type !== pending.wanted && answer.type !== 'refusal') {
      throw this.#messages.refuse(`A ${answer.type} where a ${pending.wanted} was asked for.`)
    }
    this.#pending.delete(answer.requestId)
    clearTimeout(pending.timer)
    pending.resolve(answer)
    this.#wake()
  }

  #expire(): void {
    const seconds = blobTimes.answerMs / 1000
    this.#end(new WeftError('network/timeout', `The other tab gave no answer in ${seconds} s.`))
  }

  /** Cut, not closed: what is still on its way to us is wanted no more, and is no offence. */
  #end(error: WeftError): void {
    this.#lost ??= error
    this.#messages.abort(this.#lost)
    for (const { timer, reject } of this.#pending.values()) {
      clearTimeout(timer)
      reject(this.#lost)
    }
    this.#pending.clear()
    this.#wake()
  }

  #wake(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const resolve of waiting) resolve()
  }
}

/** @throws WeftError `network/chunks-busy`, `network/not-held` for a refusal */
function given(answer: BlobResponse): BlobResponse {
  if (answer.type !== 'refusal') return answer
  if (answer.reason === 'busy') {
    const seconds = Math.max(1, Math.ceil(answer.retryAfterMs / 1000))
    throw new WeftError('network/chunks-busy', `The other tab is busy, about ${seconds} s.`)
  }
  throw new WeftError('network/not-held', 'The other tab does not give this.')
}
