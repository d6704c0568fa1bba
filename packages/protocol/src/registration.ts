/**
 * Registration: what a node offers, signed by the node, so that a relay can neither invent nor alter it.
 * @module
 */
import { z } from 'zod'
import { cidSchema, peerIdSchema } from './codec.ts'
import { WeftError } from './errors.ts'
import { priceSchema } from './job.ts'
import { limits } from './limits.ts'
import { engineInfoSchema } from './quote.ts'
import { checkSignature, type PrivateKey, signatureSchema, signValue } from './signature.ts'

export const modelOfferSchema = z.strictObject({
  modelCid: cidSchema,
  price: priceSchema,
  engine: engineInfoSchema,
  /** Measured on this device, one job alone. */
  tokensPerSecond: z.number().min(0).max(1_000_000),
})
export type ModelOffer = z.output<typeof modelOfferSchema>

const unsignedRegistrationSchema = z.strictObject({
  version: z.literal(1),
  peerId: peerIdSchema,
  /** Grows with every registration of this peer; a lower one never replaces a higher one. */
  sequence: z.int().min(0),
  models: z.array(modelOfferSchema).min(1).max(limits.maxModelsPerNode),
  /** Jobs that this node runs at the same time. */
  maxJobs: z.int().min(1).max(1024),
  /** Multiaddrs under which the node can be dialled. */
  addresses: z.array(z.string().max(limits.maxAddressChars)).min(1).max(limits.maxAddressesPerNode),
})
export const registrationSchema = unsignedRegistrationSchema.extend({ signature: signatureSchema })
export type UnsignedRegistration = z.output<typeof unsignedRegistrationSchema>
export type Registration = z.output<typeof registrationSchema>

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

/** A registration as a relay passes it on, with what it knows at this moment. */
export const offerSchema = z.strictObject({
  registration: registrationSchema,
  activeJobs: z.int().min(0).max(100_000),
})
export type Offer = z.output<typeof offerSchema>
