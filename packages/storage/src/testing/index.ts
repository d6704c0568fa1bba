/**
 * What tests of other packages need of storage; Node only.
 * @module
 */
export * from './hub-server.ts'
export * from './samples.ts'
