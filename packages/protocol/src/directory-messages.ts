/**
 * Messages of `/weft/directory/1`, between a tab and a relay.
 * @module
 */
import { z } from 'zod'
import { wireErrorSchema } from './infer-messages.ts'
import { priceSchema } from './job.ts'
import { limits } from './limits.ts'
import {
  activeJobsSchema,
  offerRoleSchema,
  regionSchema,
  registrationSchema,
  sealedOfferSchema,
} from './registration.ts'
import { cidSchema } from './values.ts'
import { workChallengeSchema } from './work.ts'

/** Multiaddrs of relays, each ending in `/p2p/<PeerId>`. */
export const relayAddressesSchema = z
  .array(z.string().max(limits.maxAddressChars))
  .max(limits.maxRelayAddresses)

const requestIdSchema = z.int().min(0).max(0xffffffff)

/** Tab to relay. A stream that ends takes its registration with it. */
export const directoryRequestSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('register'),
    requestId: requestIdSchema,
    registration: registrationSchema,
    /** What the relay has asked for before, on this stream. */
    work: z.int().min(0).nullable(),
  }),
  z.strictObject({
    type: z.literal('heartbeat'),
    requestId: requestIdSchema,
    activeJobs: activeJobsSchema,
  }),
  z.strictObject({ type: z.literal('unregister'), requestId: requestIdSchema }),
  z.strictObject({
    type: z.literal('query'),
    requestId: requestIdSchema,
    role: offerRoleSchema,
    /** null asks for every model. */
    modelCid: cidSchema.nullable(),
    /** Leaves out models above this price; null takes any. */
    maxPrice: priceSchema.nullable(),
    /** Nodes that say they are there come first. */
    region: regionSchema.nullable(),
    /** Leaves out nodes that run as many jobs as they can. */
    isFree: z.boolean(),
    limit: z.int().min(1).max(limits.maxOffers),
  }),
])
export type DirectoryRequest = z.output<typeof directoryRequestSchema>
export type DirectoryQuery = Omit<Extract<DirectoryRequest, { type: 'query' }>, 'requestId'>

/** Relay to tab: one answer per request, under its id. */
export const directoryResponseSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('done'), requestId: requestIdSchema }),
  z.strictObject({
    type: z.literal('offers'),
    requestId: requestIdSchema,
    offers: z.array(sealedOfferSchema).max(limits.maxOffers),
    /** Nodes that match, of which `offers` is a sample. */
    total: z.int().min(0),
    /**
     * Addresses of other relays over which some of these nodes are reached. The relay vouches for
     * them: it shares its directory with those relays.
     */
    relays: relayAddressesSchema,
  }),
  /** The registration is refused until this is worked out. */
  z.strictObject({
    type: z.literal('work'),
    requestId: requestIdSchema,
    ...workChallengeSchema.shape,
  }),
  /** To no request: the relay is going to end. Nothing new may begin over it. */
  z.strictObject({ type: z.literal('draining') }),
  z.strictObject({ type: z.literal('error'), requestId: requestIdSchema, error: wireErrorSchema }),
])
export type DirectoryResponse = z.output<typeof directoryResponseSchema>
