/**
 * Length-prefixed frames over a libp2p stream: an unsigned varint of at most 4 bytes, then so many
 * bytes (https://github.com/multiformats/unsigned-varint). Reads eagerly into a bounded buffer,
 * because a paused WebRTC stream exerts no backpressure and is reset at 4 MiB.
 * @module
 */
import type { Stream, StreamCloseEvent, StreamMessageEvent } from '@libp2p/interface'
import { TooLargeError, WeftError } from '@weft/protocol'
import { Uint8ArrayList } from 'uint8arraylist'
import type { WaitOptions } from '../network.ts'
import { withDeadline } from './deadline.ts'

/** A length below 2^28 takes at most this many bytes. */
const maxLengthBytes = 4

/** Written and not sent: writers that do not wait for each other lose the stream beyond it. */
const maxUnsentBytes = 1024 * 1024

export type FrameLimits = {
  /** Bytes of one frame. */
  maxFrameBytes: number
  /** Bytes received and not yet read, after which the stream is aborted. Below 4 MiB. */
  maxBufferedBytes: number
  /** Milliseconds that the other side has to make room for what is sent, else it is aborted. */
  writeMs: number
}

export class FrameStream {
  readonly #stream: Stream
  readonly #limits: FrameLimits
  readonly #buffer = new Uint8ArrayList()
  #lost: WeftError | null = null
  #ended = false
  #wake: () => void = () => {}

  constructor(stream: Stream, limits: FrameLimits) {
    this.#stream = stream
    this.#limits = limits
    stream.addEventListener('message', (event) => this.#receive(event))
    stream.addEventListener('remoteCloseWrite', () => this.#end(null))
    stream.addEventListener('close', (event) => this.#end(event))
    if (stream.status !== 'open') this.#end(null)
  }

  /**
   * @returns the next frame, or null once the other side has closed after a whole frame
   * @throws TooLargeError, WeftError `network/stream-lost`; the signal's reason when it aborts
   */
  async read({ signal }: WaitOptions = {}): Promise<Uint8Array | null> {
    for (;;) {
      const frame = this.#takeFrame()
      if (frame) return frame
      if (this.#lost) throw this.#lost
      if (this.#ended) {
        if (this.#buffer.byteLength === 0) return null
        throw streamLost('The stream ended inside a message.')
      }
      await this.#more(signal)
    }
  }

  /**
   * Resolves when the transport can take more. A reader that takes nothing loses the stream.
   * @throws WeftError `network/stream-lost`
   */
  async write(bytes: Uint8Array): Promise<void> {
    try {
      if (this.#stream.writeBufferLength > maxUnsentBytes) throw tooMuchUnsent()
      const hasRoom = this.#stream.send(new Uint8ArrayList(encodeLength(bytes.length), bytes))
      if (!hasRoom) await this.#inTime('Sending', (signal) => this.#room(signal))
    } catch (cause) {
      const error = streamLost('The stream takes nothing more.', cause)
      if (this.#stream.status === 'open') this.abort(error)
      throw error
    }
  }

  /** Sends what is queued and ends our side. Never throws. */
  async close(): Promise<void> {
    try {
      await this.#inTime('Closing', (signal) => this.#stream.close({ signal }))
    } catch (cause) {
      this.abort(streamLost('The stream did not close.', cause))
    }
  }

  /**
   * Not the stream's own `onDrain`: after the first time it resolves at once, full or not, and all that
   * is written then stays in memory (@libp2p/utils 7.4.1).
   */
  async #room(signal: AbortSignal): Promise<void> {
    const stream = this.#stream
    while (stream.writableNeedsDrain && stream.status === 'open') {
      const { promise, resolve } = Promise.withResolvers<void>()
      const wake = () => resolve()
      stream.addEventListener('drain', wake, { once: true })
      stream.addEventListener('close', wake, { once: true })
      signal.addEventListener('abort', wake, { once: true })
      await promise
      stream.removeEventListener('drain', wake)
      stream.removeEventListener('close', wake)
      signal.removeEventListener('abort', wake)
      signal.throwIfAborted()
    }
    if (stream.status !== 'open') throw streamLost('The stream has ended.')
  }

  #inTime(subject: string, run: (signal: AbortSignal) => Promise<void>): Promise<void> {
    return withDeadline(run, { subject, ms: this.#limits.writeMs })
  }

  abort(error: WeftError): void {
    this.#lost ??= error
    this.#stream.abort(error)
    this.#wake()
  }

  #receive({ data }: StreamMessageEvent): void {
    if (this.#lost) return
    this.#buffer.append(data)
    const { maxBufferedBytes } = this.#limits
    if (this.#buffer.byteLength > maxBufferedBytes) {
      const actual = this.#buffer.byteLength
      this.#buffer.consume(actual)
      const facts = { subject: 'unread part', limit: maxBufferedBytes, actual, unit: 'bytes' }
      this.abort(new TooLargeError(facts))
      return
    }
    this.#wake()
  }

  #end(event: StreamCloseEvent | null): void {
    if (event?.error) this.#lost ??= streamLost('The stream was cut.', event.error)
    this.#ended = true
    this.#wake()
  }

  #takeFrame(): Uint8Array | null {
    const header = this.#readLength()
    if (!header) return null
    const { length, lengthBytes } = header
    if (this.#buffer.byteLength < lengthBytes + length) return null
    const frame = this.#buffer.slice(lengthBytes, lengthBytes + length)
    this.#buffer.consume(lengthBytes + length)
    return frame
  }

  #readLength(): { length: number; lengthBytes: number } | null {
    let length = 0
    for (let index = 0; index < this.#buffer.byteLength; index += 1) {
      const byte = this.#buffer.get(index)
      length += (byte & 0x7f) * 2 ** (7 * index)
      const limit = this.#limits.maxFrameBytes
      if (length > limit || index >= maxLengthBytes) {
        throw new TooLargeError({ subject: 'message', limit, actual: length, unit: 'bytes' })
      }
      if (byte < 0x80) return { length, lengthBytes: index + 1 }
    }
    return null
  }

  async #more(signal: AbortSignal | undefined): Promise<void> {
    if (signal?.aborted) throw signal.reason
    const { promise, resolve } = Promise.withResolvers<void>()
    const wake = () => resolve()
    this.#wake = wake
    signal?.addEventListener('abort', wake, { once: true })
    await promise
    signal?.removeEventListener('abort', wake)
    if (signal?.aborted) throw signal.reason
  }
}

function encodeLength(length: number): Uint8Array {
  const bytes: number[] = []
  let rest = length
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) + 0x80)
    rest = Math.floor(rest / 0x80)
  }
  return Uint8Array.from([...bytes, rest])
}

function tooMuchUnsent(): WeftError {
  const limit = maxUnsentBytes
  return new WeftError('network/not-read', `More than ${limit} bytes wait to be sent.`)
}

/** The other side or the connection is gone. */
export function streamLost(message: string, cause?: unknown): WeftError {
  return new WeftError('network/stream-lost', message, { cause })
}
