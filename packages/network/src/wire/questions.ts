/**
 * A protocol of one question and one answer on a stream of its own, as `/weft/audit/1` and `/weft/prove/1` are.
 * @module
 */
import type { Connection, Stream } from '@libp2p/interface'
import { limits, WeftError, type WireError } from '@weft/protocol'
import type { QuestionHandler, WaitOptions } from '../network.ts'
import { withDeadline } from './deadline.ts'
import { streamLost } from './frame-stream.ts'
import { type MessageFormat, MessageStream } from './message-stream.ts'

/** Times in milliseconds. */
export type Questions<Question, Answer> = {
  protocol: string
  /** What is done, at the beginning of a sentence, e.g. `The check`. */
  subject: string
  asking: MessageFormat<Answer | Refusal, Question>
  answering: MessageFormat<Question, Answer | Refusal>
  openMs: number
  /** To read the question. */
  requestMs: number
  /** To wait for the answer; of who hears nothing of the other tab its pings tell long before. */
  answerMs: number
  /** Streams on which a question is read or answered. */
  max: number
  maxPerPeer: number
  /** Until one of those before it is answered. */
  busyMs: number
  /** What is said where nobody answers, or as many as there is room for. */
  unserved: WeftError
  full: WeftError
}

/** Part of each protocol's own answers. */
export type Refusal = { type: 'refusal'; error: WireError; retryAfterMs: number }

type ServerInit<Question, Answer> = {
  questions: Questions<Question, Answer>
  onOffence: (connection: Connection) => void
}

/** The half that answers. */
export class QuestionServer<Question, Answer> {
  readonly #questions: Questions<Question, Answer>
  readonly #onOffence: (connection: Connection) => void
  /** Of whom, one entry for each question under way. */
  #askers: string[] = []
  handler: QuestionHandler<Question, Answer | Refusal> | null = null

  constructor({ questions, onOffence }: ServerInit<Question, Answer>) {
    this.#questions = questions
    this.#onOffence = onOffence
  }

  /** Never rejects: whatever a peer sends ends its stream and nothing else. */
  async serve(stream: Stream, connection: Connection): Promise<void> {
    const { answering, max, maxPerPeer } = this.#questions
    const peerId = connection.remotePeer.toString()
    const onOffence = () => this.#onOffence(connection)
    const messages = new MessageStream({ stream, format: answering, onOffence })
    const ofPeer = this.#askers.filter((asker) => asker === peerId).length
    const isFull = this.#askers.length >= max || ofPeer >= maxPerPeer
    this.#askers.push(peerId)
    try {
      await this.#serveOne(messages, { peerId, isFull })
    } catch (error) {
      messages.abort(this.#failed(error))
    } finally {
      this.#askers.splice(this.#askers.indexOf(peerId), 1)
    }
  }

  async #serveOne(
    messages: MessageStream<Question, Answer | Refusal>,
    { peerId, isFull }: { peerId: string; isFull: boolean },
  ): Promise<void> {
    const { requestMs, full, busyMs } = this.#questions
    const question = await withDeadline((signal) => messages.read({ signal }), {
      subject: 'The question',
      ms: requestMs,
    })
    if (question === null) return messages.close()
    await messages.write(
      isFull ? refusal(full, busyMs) : await this.#answer(messages, question, peerId),
    )
    await messages.close()
  }

  /** Ends early where the asker goes. */
  async #answer(
    messages: MessageStream<Question, Answer | Refusal>,
    question: Question,
    peerId: string,
  ): Promise<Answer | Refusal> {
    const { handler } = this
    if (!handler) return refusal(this.#questions.unserved)
    const over = new AbortController()
    // The asker says nothing more: what comes is its end, or a lost stream.
    const gone = messages.read({ signal: over.signal }).then(
      (more) => {
        if (more) throw messages.refuse('One question was to be answered.')
      },
      () => {},
    )
    const leave = gone.finally(() => over.abort())
    leave.catch(() => {})
    try {
      return await handler(question, { peerId, signal: over.signal })
    } catch (error) {
      return refusal(this.#failed(error))
    } finally {
      over.abort()
    }
  }

  #failed(error: unknown): WeftError {
    return WeftError.from(error, 'network/not-answered', `${this.#questions.subject} failed.`)
  }
}

function refusal({ code, message }: WeftError, retryAfterMs = 0): Refusal {
  const sentence = message.slice(0, limits.maxErrorMessageChars)
  return { type: 'refusal', error: { code, message: sentence }, retryAfterMs }
}

type AskInit<Question> = { connection: Connection; onOffence: () => void; question: Question }

/**
 * The half that asks.
 * @throws WeftError `network/unreachable`, `network/timeout`, `network/stream-lost`, `protocol/*`; CancelledError
 */
export async function askQuestion<Question, Answer>(
  { protocol, subject, asking, openMs, answerMs }: Questions<Question, Answer>,
  { connection, onOffence, question }: AskInit<Question>,
  { signal }: WaitOptions,
): Promise<Answer | Refusal> {
  const stream = await withDeadline((limit) => connection.newStream(protocol, { signal: limit }), {
    subject: 'Opening a stream to the other tab',
    ms: openMs,
    signal,
  }).catch((cause: unknown) => {
    throw WeftError.from(cause, 'network/unreachable', 'The tab takes no such question.')
  })
  const messages = new MessageStream({ stream, format: asking, onOffence })
  const ask = async (limit: AbortSignal): Promise<Answer | Refusal> => {
    await messages.write(question)
    const answer = await messages.read({ signal: limit })
    if (answer === null) throw streamLost('The other tab has closed without a word.')
    return answer
  }
  try {
    const answer = await withDeadline(ask, { subject, ms: answerMs, signal })
    // It has said all; whether it hears our end is nobody's concern.
    void messages.close().catch(() => {})
    return answer
  } catch (error) {
    messages.abort(streamLost('The answer is not waited for any more.', error))
    throw error
  }
}
