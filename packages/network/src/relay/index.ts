/**
 * What a relay process needs; Node only.
 * @module
 */
export { defaultMaxReservations } from './constants.ts'
export { createRelay, type Relay, type RelayCounts, type RelayInit } from './create-relay.ts'
