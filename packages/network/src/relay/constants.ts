/**
 * Limits of a relay, each with its reason.
 * @module
 */

/**
 * One per tab; libp2p's default of 15 refuses the 16th. The directory knows as many own nodes, since one
 * without a reservation cannot be introduced, and as many of each other relay: as encoded at most
 * 8 KiB each, so 80 MiB, and about 600 bytes for a tab with one model.
 */
export const defaultMaxReservations = 10_000

/** Of one address, where addresses tell tabs apart: a school or a carrier behind one has that many. */
export const defaultConnectionsPerAddress = 256
/** Nodes of one address that register without work. */
export const defaultFreeRegistrationsPerAddress = 64

/** A reloaded tab is back before the pings of its old connection have failed. */
export const connectionsPerReservation = 2

/** A classroom or an office opens its tabs at once, behind one address; the default is 5. */
export const connectionsPerSecondPerHost = 1_000

/** Handshakes under way: after a restart all tabs come back within a second. */
export const maxPendingConnections = 1_000

/** Introductions that one tab may ask for at the same time; each takes a second. */
export const hopStreamsPerTab = 64
/** Introductions under way to one tab: a node with the only copy of a model is popular. */
export const stopStreamsPerTab = 1_024
