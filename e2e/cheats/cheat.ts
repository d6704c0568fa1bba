/**
 * What the cheats' page, its server and the tests that open it agree on.
 * @module
 */

/** Computes with weights of 4 bits; or reads only the last message of a conversation. */
export type Cheat = 'fewer-bits' | 'last-message'

/** Where the server has the coarse model. */
export const coarseFolder = 'coarse'
