/**
 * The network of a tab: relays, directory, jobs to and from other tabs.
 * @module
 */
export { createNetwork } from './create-network.ts'
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
  RelayState,
  RelayStatus,
  WaitOptions,
} from './network.ts'
