/**
 * How soon a vanished peer is noticed: 1.7 s instead of libp2p's 10 s.
 * @module
 */
import type { Libp2pOptions } from 'libp2p'

/** Milliseconds. A ping costs about 100 bytes and a stream of its own. */
export const livenessPings: NonNullable<Libp2pOptions['connectionMonitor']> = {
  pingInterval: 1_000,
  pingTimeout: { minTimeout: 1_000, maxTimeout: 2_000 },
}
