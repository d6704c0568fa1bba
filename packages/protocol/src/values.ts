/**
 * The plain values that everything else is made of. Nothing is hashed here: whoever validates alone loads no codec.
 * @module
 */
import { z } from 'zod'

/** Binary of an exact length. */
export const bytesSchema = (length: number) =>
  z.custom<Uint8Array>((value) => value instanceof Uint8Array && value.length === length, {
    error: `expected ${length} bytes`,
  })

/** Binary of at most so many bytes. */
export const boundedBytesSchema = (maxLength: number) =>
  z.custom<Uint8Array>((value) => value instanceof Uint8Array && value.length <= maxLength, {
    error: `expected at most ${maxLength} bytes`,
  })

/** Token units (wei): a bigint in memory, a decimal string on the wire, in [0, 2^256). */
const uint256Schema = z
  .bigint()
  .min(0n)
  .max(2n ** 256n - 1n)
export const weiSchema = z.codec(z.string().regex(/^(0|[1-9]\d{0,77})$/), uint256Schema, {
  decode: (text) => BigInt(text),
  encode: (value) => value.toString(10),
})

/** Milliseconds since the Unix epoch. */
export const timestampMsSchema = z.int().min(0).max(8.64e15)

/** A CIDv1 in base32, as text. */
export const cidSchema = z.string().regex(/^b[a-z2-7]{20,128}$/, { error: 'expected a CIDv1' })

/** The PeerId of a secp256k1 key: base58btc of an identity multihash. */
export const peerIdSchema = z
  .string()
  .regex(/^16Uiu2[1-9A-HJ-NP-Za-km-z]{47}$/, { error: 'expected a secp256k1 PeerId' })

/** A token of a model's vocabulary. */
export const tokenIdSchema = z.int().min(0).max(0xffffffff)
