/**
 * Registration: what a node offers, signed by the node, so that a relay can neither invent nor alter it.
 * @module
 */
import { z } from 'zod'
import { bytesToHash, decode, encode } from './codec.ts'
import { WeftError } from './errors.ts'
import { priceSchema } from './job.ts'
import { layerOfferSchema } from './layers-messages.ts'
import { limits } from './limits.ts'
import { engineInfoSchema } from './quote.ts'
import { checkSignature, type PrivateKey, signatureSchema, signValue } from './signature.ts'
import { boundedBytesSchema, cidSchema, peerIdSchema } from './values.ts'

export const modelOfferSchema = z.strictObject({
  modelCid: cidSchema,
  price: priceSchema,
  engine: engineInfoSchema,
  /** Measured on this device, one job alone. */
  tokensPerSecond: z.number().min(0).max(1_000_000),
})
export type ModelOffer = z.output<typeof modelOfferSchema>

/** Where a peer says it is, as two lower-case letters: a hint for whom to ask first, never proof. */
export const regionSchema = z.string().regex(/^[a-z]{2}$/, { error: 'expected two letters' })

/** What a peer can be asked for. */
export const offerRoleSchema = z.enum(['models', 'stores', 'layers', 'verifies', 'proves'])
export type OfferRole = z.output<typeof offerRoleSchema>

const fields = {
  version: z.literal(1),
  peerId: peerIdSchema,
  /** Grows with every registration of this peer; a lower one never replaces a higher one. */
  sequence: z.int().min(0),
  /** Models that it answers with. */
  models: z.array(modelOfferSchema).max(limits.maxModelsPerNode),
  /** CIDs of models whose chunks it gives to others. */
  stores: z.array(cidSchema).max(limits.maxStoresPerNode),
  /** Parts of split models that it computes. */
  layers: z.array(layerOfferSchema).max(limits.maxLayersPerNode),
  /** CIDs of models whose answers it checks. */
  verifies: z.array(cidSchema).max(limits.maxModelsPerNode),
  /** CIDs of models with secret weights, each with the key of its proofs, whose answers it proves. */
  proves: z.array(cidSchema).max(limits.maxModelsPerNode),
  region: regionSchema.nullable(),
  /** Jobs that this node runs at the same time; 0 for one that only stores. */
  maxJobs: z.int().min(0).max(limits.maxJobsPerNode),
  /** Multiaddrs under which the node can be dialled. */
  addresses: z.array(z.string().max(limits.maxAddressChars)).min(1).max(limits.maxAddressesPerNode),
}
const unsignedRegistrationSchema = z
  .strictObject(fields)
  .refine(offersSomething, { error: 'expected something on offer' })
export const registrationSchema = z
  .strictObject({ ...fields, signature: signatureSchema })
  .refine(offersSomething, { error: 'expected something on offer' })
export type UnsignedRegistration = z.output<typeof unsignedRegistrationSchema>
export type Registration = z.output<typeof registrationSchema>

function offersSomething({
  models,
  stores,
  layers,
  verifies,
  proves,
}: Record<OfferRole, readonly unknown[]>): boolean {
  return [models, stores, layers, verifies, proves].some((offered) => offered.length > 0)
}

const domain = 'weft/registration/1'

export function signRegistration(
  registration: UnsignedRegistration,
  privateKey: PrivateKey,
): Registration {
  return {
    ...registration,
    signature: signValue(domain, unsignedRegistrationSchema, registration, privateKey),
  }
}

/** @throws SignatureError; WeftError `protocol/registration` when it is not about `peerId` */
export function checkRegistration(registration: Registration, peerId: string): void {
  const { signature, ...unsigned } = registration
  if (registration.peerId !== peerId) {
    throw new WeftError('protocol/registration', 'A peer may only register itself.')
  }
  checkSignature(domain, unsignedRegistrationSchema, unsigned, { signature, peerId })
}

/** @returns what a registration's signature is over: ECDSA of the SHA-256 of these bytes */
export function registrationBytesToSign({ signature, ...unsigned }: Registration): Uint8Array {
  return bytesToHash(domain, unsignedRegistrationSchema, unsigned)
}

/** @throws TooLargeError */
export function encodeRegistration(registration: Registration): Uint8Array {
  return encode('registration', registrationSchema, registration, limits.maxRegistrationBytes)
}

/** @throws MalformedError, TooLargeError; the signature is not checked */
export function decodeRegistration(bytes: Uint8Array): Registration {
  return decode('registration', registrationSchema, bytes, limits.maxRegistrationBytes)
}

/** A registration with what is known of its node at this moment. */
export type Offer = { registration: Registration; activeJobs: number }

export const activeJobsSchema = z.int().min(0).max(100_000)

/**
 * An offer as relays pass it on: the registration as the bytes that were signed and checked once, so
 * that a relay encodes it no second time and a tab opens those it does not know yet.
 */
export const sealedOfferSchema = z.strictObject({
  registration: boundedBytesSchema(limits.maxRegistrationBytes),
  activeJobs: activeJobsSchema,
})
export type SealedOffer = z.output<typeof sealedOfferSchema>
