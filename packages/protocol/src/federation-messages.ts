/**
 * Messages among relays that share a directory: news over gossipsub, all that one holds over
 * `/weft/federation/1`.
 * @module
 */
import { z } from 'zod'
import { relayAddressesSchema } from './directory-messages.ts'
import { limits } from './limits.ts'
import { activeJobsSchema, sealedOfferSchema } from './registration.ts'
import { peerIdSchema } from './values.ts'

/** Of a set of registrations: two relays that compute the same one hold the same, all but surely. */
export const digestSchema = z.strictObject({
  count: z.int().min(0),
  /** XOR of a 32-bit hash of each. */
  hash: z.int().min(0).max(0xffffffff),
})
export type Digest = z.output<typeof digestSchema>

/** What has changed among the nodes that are registered with the sender itself. */
export const federationNewsSchema = z.strictObject({
  /** Registered or registered anew. */
  offers: z.array(sealedOfferSchema).max(limits.maxOffers),
  loads: z
    .array(z.strictObject({ peerId: peerIdSchema, activeJobs: activeJobsSchema }))
    .max(limits.maxNewsPeers),
  gone: z.array(peerIdSchema).max(limits.maxNewsPeers),
  /** Of all that the sender holds once this is applied; null while more is on its way. */
  digest: digestSchema.nullable(),
  /** Under which tabs reach the sender. */
  addresses: relayAddressesSchema,
  /** The sender ends now, and what it holds with it. */
  isLeaving: z.boolean(),
})
export type FederationNews = z.output<typeof federationNewsSchema>

/** Asks for the next page of all that a relay holds; the one asked closes the stream behind the last. */
export const federationRequestSchema = z.strictObject({
  type: z.literal('more'),
  /** Which relay, as far as the one asked has heard it; null: the one asked. The first request counts. */
  of: peerIdSchema.nullable(),
})
export type FederationRequest = z.output<typeof federationRequestSchema>

export const federationPageSchema = z.strictObject({
  offers: z.array(sealedOfferSchema).min(1).max(limits.maxOffers),
})
export type FederationPage = z.output<typeof federationPageSchema>
