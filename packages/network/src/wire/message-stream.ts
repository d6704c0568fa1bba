/**
 * Typed messages over frames. Whatever does not validate costs its sender the stream and a strike.
 * @module
 */
import type { Stream } from '@libp2p/interface'
import { MalformedError, WeftError } from '@weft/protocol'
import type { WaitOptions } from '../network.ts'
import { type FrameLimits, FrameStream } from './frame-stream.ts'

/** How one side of a protocol reads and writes. */
export type MessageFormat<Incoming, Outgoing> = FrameLimits & {
  subject: string
  decode(bytes: Uint8Array): Incoming
  encode(message: Outgoing): Uint8Array
}

export type MessageStreamInit<Incoming, Outgoing> = {
  stream: Stream
  format: MessageFormat<Incoming, Outgoing>
  /** Called once for a message that breaks the protocol. */
  onOffence: () => void
}

export class MessageStream<Incoming, Outgoing> {
  readonly #frames: FrameStream
  readonly #format: MessageFormat<Incoming, Outgoing>
  readonly #onOffence: () => void
  #isPunished = false

  constructor({ stream, format, onOffence }: MessageStreamInit<Incoming, Outgoing>) {
    this.#frames = new FrameStream(stream, format)
    this.#format = format
    this.#onOffence = onOffence
  }

  /**
   * @returns the next message, or null once the other side has closed
   * @throws MalformedError, TooLargeError, WeftError `network/stream-lost`
   */
  async read(options: WaitOptions = {}): Promise<Incoming | null> {
    try {
      const frame = await this.#frames.read(options)
      return frame && this.#format.decode(frame)
    } catch (error) {
      if (!isOffence(error)) throw error
      const told = withoutCause(error)
      this.#punish(told)
      throw told
    }
  }

  /** @throws MalformedError, TooLargeError for our own message; WeftError `network/stream-lost` */
  async write(message: Outgoing): Promise<void> {
    await this.#frames.write(this.#format.encode(message))
  }

  /** Ends the stream over a message that is well formed but not allowed now. @returns the error */
  refuse(fact: string): WeftError {
    const error = new MalformedError({ subject: this.#format.subject, facts: [fact] })
    this.#punish(error)
    return error
  }

  close(): Promise<void> {
    return this.#frames.close()
  }

  abort(error: WeftError): void {
    this.#frames.abort(error)
  }

  /** Once: what is read after an offence fails with that offence again. */
  #punish(error: WeftError): void {
    if (this.#isPunished) return
    this.#isPunished = true
    this.#frames.abort(error)
    this.#onOffence()
  }
}

/** Without the cause, which holds on to all of the message. */
function withoutCause({ code, message, facts }: WeftError): WeftError {
  return new WeftError(code, message, { facts })
}

function isOffence(error: unknown): error is WeftError {
  return (
    WeftError.is(error) &&
    (error.code === 'protocol/malformed' || error.code === 'protocol/too-large')
  )
}
