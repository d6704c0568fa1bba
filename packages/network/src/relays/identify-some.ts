/**
 * Asks some peers what they speak, and no others.
 * @module
 */
import type { Identify } from '@libp2p/identify'
import type { Libp2p } from '@libp2p/interface'

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
    // Whoever does not answer is cut by its silence.
    libp2p.services.identify.identify(connection).catch(() => {})
  })
}
