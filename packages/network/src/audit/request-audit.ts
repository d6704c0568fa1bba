/**
 * The asking half of `/weft/audit/1`: one stream, one question, one answer.
 * @module
 */
import type { Connection } from '@libp2p/interface'
import { type AuditRequest, type AuditResponse, WeftError } from '@weft/protocol'
import type { WaitOptions } from '../network.ts'
import { withDeadline } from '../wire/deadline.ts'
import { streamLost } from '../wire/frame-stream.ts'
import { MessageStream } from '../wire/message-stream.ts'
import { askingSide, auditProtocol, auditTimes } from './constants.ts'

type RequestInit = { connection: Connection; onOffence: () => void; request: AuditRequest }

/** @throws WeftError `network/unreachable`, `network/timeout`, `network/stream-lost`, `protocol/*`; CancelledError */
export async function requestAudit(
  { connection, onOffence, request }: RequestInit,
  { signal }: WaitOptions,
): Promise<AuditResponse> {
  const stream = await withDeadline(
    (limit) => connection.newStream(auditProtocol, { signal: limit }),
    { subject: 'Opening a stream to the verifier', ms: auditTimes.openMs, signal },
  ).catch((cause: unknown) => {
    throw WeftError.from(cause, 'network/unreachable', 'The tab takes no answer to check.')
  })
  const messages = new MessageStream({ stream, format: askingSide, onOffence })
  const ask = async (limit: AbortSignal): Promise<AuditResponse> => {
    await messages.write(request)
    const response = await messages.read({ signal: limit })
    if (response === null) throw streamLost('The verifier has closed without a word.')
    return response
  }
  try {
    const response = await withDeadline(ask, {
      subject: 'The check',
      ms: auditTimes.verdictMs,
      signal,
    })
    // It has said all; whether it hears our end is nobody's concern.
    void messages.close().catch(() => {})
    return response
  } catch (error) {
    messages.abort(streamLost('The check is not waited for any more.', error))
    throw error
  }
}
