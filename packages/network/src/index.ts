/**
 * The network of a tab: relays, directory, jobs to and from other tabs.
 * @module
 */
import type { Network, NetworkInit } from './network.ts'

export { NodeRefusedError } from './infer/call-errors.ts'
export type {
  Announcement,
  AnnouncementHandle,
  AuditHandler,
  CallPart,
  ChunkHandler,
  ChunkLine,
  IncomingJob,
  JobCall,
  LayersLine,
  Network,
  NetworkInit,
  NetworkStatus,
  OfferQuery,
  ProofHandler,
  RelayState,
  RelayStatus,
  WaitOptions,
} from './network.ts'

/**
 * Joins the network. Loads libp2p, and resolves without waiting for a relay: `status()` tells how that goes.
 * @throws WeftError `network/relay-address`
 */
export async function createNetwork(init: NetworkInit): Promise<Network> {
  const { createNetwork: create } = await import('./create-network.ts')
  return create(init)
}
