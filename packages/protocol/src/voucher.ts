/**
 * How a job is paid. Before it the client says whose money it has (`Funds`); while tokens come, vouchers go the
 * other way. A lane is one key of one channel that
 * pays one payee for one model: on a job's stream key and payee are the two ends, the model is the job's, and
 * so a voucher is an amount and a signature. Both are EIP-712, which a contract can check: see
 * `contracts/Vouchers.sol` and decision 30.
 * @module
 */
import { z } from 'zod'
import { addressSchema, bytes32Schema } from './address.ts'
import { signatureSchema } from './signature.ts'
import { weiSchema } from './values.ts'

/** Wei of the token that a contract's slot can hold: the whole supply fits in 90 bits. */
export const amountSchema = weiSchema.refine((amount) => amount < 2n ** 96n, {
  error: 'expected less than 2^96 wei',
})

/** Signed by a channel's key: the client's key may spend `capWei` of that key's cap in all, for a while. */
export const grantSchema = z.strictObject({
  signer: addressSchema,
  capWei: amountSchema,
  /** Seconds since 1970, by the chain's clock. */
  expiry: z.int().min(0),
  /** Of `Grant`, by `signer`. */
  signature: signatureSchema,
})
export type Grant = z.output<typeof grantSchema>

/** Whose money pays a client's jobs. Says where to look; what is there the chain tells. */
export const fundsSchema = z.strictObject({
  chainId: z.int().min(1),
  /** Channels, on that chain. */
  contract: addressSchema,
  channelId: bytes32Schema,
  /** Null where the client's own key is authorised. */
  grant: grantSchema.nullable(),
})
export type Funds = z.output<typeof fundsSchema>

/** All that a lane owes so far, over all its jobs: the next one says more, never less. */
export const voucherSchema = z.strictObject({
  maxClaimableWei: amountSchema,
  /** Of `Voucher`, by the client's key. */
  signature: signatureSchema,
})
export type Voucher = z.output<typeof voucherSchema>

/** What a client offers with a job. */
export const jobPaymentSchema = z.strictObject({
  funds: fundsSchema,
  /** What the lane owes of earlier jobs; null where that is nothing. */
  voucher: voucherSchema.nullable(),
})
export type JobPayment = z.output<typeof jobPaymentSchema>

/** How a node wants to be paid. */
export const paymentTermsSchema = z.strictObject({
  chainId: z.int().min(1),
  /** Channels, on that chain. */
  contract: addressSchema,
  /** What it lets stand unpaid; then it waits for a voucher. */
  maxUnpaidWei: amountSchema,
})
export type PaymentTerms = z.output<typeof paymentTermsSchema>
