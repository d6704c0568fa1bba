/**
 * Ends connections, so that their sockets are closed as well.
 * @module
 */
import type { Connection } from '@libp2p/interface'
import type { WeftError } from '@weft/protocol'

/** Milliseconds that the other side has to agree. */
const closeMs = 1_000

/**
 * Resets all streams at once, then closes. libp2p's own `abort` leaves a websocket open: it closes
 * with the reserved code 1006, which browsers and `ws` refuse (@libp2p/websockets 10.1.21).
 * A WebRTC connection is aborted, which its other side sees at once.
 */
export async function cutConnection(connection: Connection, error: WeftError): Promise<void> {
  if (connection.remoteAddr.toString().includes('/webrtc')) {
    connection.abort(error)
    return
  }
  for (const stream of connection.streams) stream.abort(error)
  try {
    await connection.close({ signal: AbortSignal.timeout(closeMs) })
  } catch {
    connection.abort(error)
  }
}

/** Closes one that nobody needs any more, in the background. */
export function leaveConnection(connection: Connection): void {
  connection.close().catch((error: unknown) => {
    connection.abort(error instanceof Error ? error : new Error(String(error)))
  })
}
