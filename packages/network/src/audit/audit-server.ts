/**
 * The checking half of `/weft/audit/1`: takes answers and hands them to the verifier of this tab.
 * @module
 */
import type { Connection, Stream } from '@libp2p/interface'
import { type AuditRequest, type AuditResponse, limits, WeftError } from '@weft/protocol'
import type { AuditHandler } from '../network.ts'
import { withDeadline } from '../wire/deadline.ts'
import { MessageStream } from '../wire/message-stream.ts'
import { auditTimes, checkingSide, maxAudits, maxAuditsPerPeer } from './constants.ts'

type Messages = MessageStream<AuditRequest, AuditResponse>

/** Until one of the answers before it is checked. */
const busyMs = 5_000

export class AuditServer {
  readonly #onOffence: (connection: Connection) => void
  /** Of whom, one entry for each check under way. */
  #askers: string[] = []
  handler: AuditHandler | null = null

  constructor({ onOffence }: { onOffence: (connection: Connection) => void }) {
    this.#onOffence = onOffence
  }

  /** Never rejects: whatever a peer sends ends its stream and nothing else. */
  async serve(stream: Stream, connection: Connection): Promise<void> {
    const peerId = connection.remotePeer.toString()
    const onOffence = () => this.#onOffence(connection)
    const messages: Messages = new MessageStream({ stream, format: checkingSide, onOffence })
    const ofPeer = this.#askers.filter((asker) => asker === peerId).length
    const isFull = this.#askers.length >= maxAudits || ofPeer >= maxAuditsPerPeer
    this.#askers.push(peerId)
    try {
      await this.#serveAudit(messages, { peerId, isFull })
    } catch (error) {
      messages.abort(WeftError.from(error, 'network/audit-failed', 'The check failed.'))
    } finally {
      this.#askers.splice(this.#askers.indexOf(peerId), 1)
    }
  }

  async #serveAudit(
    messages: Messages,
    { peerId, isFull }: { peerId: string; isFull: boolean },
  ): Promise<void> {
    const request = await withDeadline((signal) => messages.read({ signal }), {
      subject: 'The answer to check',
      ms: auditTimes.requestMs,
    })
    if (request === null) return messages.close()
    await messages.write(isFull ? full : await this.#answer(messages, request, peerId))
    await messages.close()
  }

  /** Ends early where the asker goes. */
  async #answer(messages: Messages, request: AuditRequest, peerId: string): Promise<AuditResponse> {
    const { handler } = this
    if (!handler) return notChecking
    const over = new AbortController()
    // The asker says nothing more: what comes is its end, or a lost stream.
    const gone = messages.read({ signal: over.signal }).then(
      (more) => {
        if (more) throw messages.refuse('One answer was to be checked.')
      },
      () => {},
    )
    const leave = gone.finally(() => over.abort())
    leave.catch(() => {})
    try {
      return await handler(request, { peerId, signal: over.signal })
    } catch (error) {
      return refusal(WeftError.from(error, 'network/audit-failed', 'The check failed.'))
    } finally {
      over.abort()
    }
  }
}

function refusal({ code, message }: WeftError, retryAfterMs = 0): AuditResponse {
  const sentence = message.slice(0, limits.maxErrorMessageChars)
  return { type: 'refusal', error: { code, message: sentence }, retryAfterMs }
}

const notChecking = refusal(
  new WeftError('network/not-verifying', 'This tab checks no answers now.'),
)
const full = refusal(
  new WeftError('network/busy', 'This tab checks as many answers as it can.'),
  busyMs,
)
