/**
 * Limits of a relay, each with its reason.
 * @module
 */

/** One reservation per tab; libp2p's default of 15 refuses the 16th. About 1 MB of memory each 10. */
export const defaultMaxReservations = 4096

/** A classroom or an office opens its tabs at once, behind one address; the default is 5. */
export const connectionsPerSecondPerHost = 1_000

/** Handshakes under way: after a restart all tabs come back within a second. */
export const maxPendingConnections = 1_000

/** Introductions under way for one tab, each a circuit of a second. */
export const hopStreams = 1_024

/** Milliseconds between pings; a hidden tab answers them even when its timers sleep. */
export const pingIntervalMs = 5_000
export const pingTimeoutMs = 5_000
