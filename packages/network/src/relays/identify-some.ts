/**
 * Asks some peers what they speak, and no others.
 * @module
 */
import type { Identify } from '@libp2p/identify'
import type { Connection, Libp2p } from '@libp2p/interface'
import { pause } from '@weft/protocol'
import { relayDialMs } from './relay-link.ts'

/** Between two questions to a peer that had no time to answer. */
const againMs = 1_000

/**
 * A tab reserves its place at a relay, and gossipsub its stream to another relay, when they have said that
 * they speak the protocol. Between tabs, and for a relay of a tab, the handshake has proved all that is
 * needed: to ask each would cost two signatures, four checks of them and two streams for every connection.
 * @param libp2p its `identify` does not run on its own; nobody is connected yet
 */
export function identifySome(
  libp2p: Libp2p<{ identify: Identify }>,
  isAsked: (peerId: string) => boolean,
): void {
  libp2p.addEventListener('connection:open', ({ detail: connection }) => {
    if (connection.limits || !isAsked(connection.remotePeer.toString())) return
    void identifyAtLast(libp2p.services.identify, connection)
  })
}

/** Without an answer the connection would stay and be of no use: a tab could not be reached over it. */
async function identifyAtLast(identify: Identify, connection: Connection): Promise<void> {
  const closed = new AbortController()
  connection.addEventListener('close', () => closed.abort(), { once: true })
  while (connection.status === 'open') {
    const late = AbortSignal.timeout(relayDialMs)
    try {
      await identify.identify(connection, { signal: AbortSignal.any([closed.signal, late]) })
      return
    } catch {
      await pause(againMs, closed.signal)
    }
  }
}
