/**
 * One key per tab: a secp256k1 key is the tab's libp2p identity and signs its quotes, registrations
 * and receipts. Signatures are ECDSA over SHA-256 of domain-separated canonical bytes, 64 bytes
 * (r || s, low s; SEC 1, BIP 62).
 * @module
 */
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { base58btc } from 'multiformats/bases/base58'
import type { z } from 'zod'
import { bytesEqual, concatBytes } from './bytes.ts'
import { hashValue } from './codec.ts'
import { MalformedError, SignatureError } from './errors.ts'
import { bytesSchema } from './values.ts'

/** 32 bytes, a scalar in [1, n). */
export type PrivateKey = Uint8Array

export const signatureSchema = bytesSchema(64)

/**
 * What precedes the compressed public key in a PeerId: identity multihash of 37 bytes, then the
 * libp2p key protobuf (type Secp256k1 = 2, 33 bytes). https://github.com/libp2p/specs/blob/master/peer-ids/peer-ids.md
 */
const peerIdPrefix = Uint8Array.of(0x00, 0x25, 0x08, 0x02, 0x12, 0x21)

/** A fresh private key from the platform's secure random source. */
export function createPrivateKey(): PrivateKey {
  return secp256k1.utils.randomSecretKey()
}

/** @returns the PeerId of a private key, `16Uiu2…` */
export function peerIdFromPrivateKey(privateKey: PrivateKey): string {
  const publicKey = secp256k1.getPublicKey(privateKey, true)
  return base58btc.encode(concatBytes(peerIdPrefix, publicKey)).slice(1)
}

/** @returns the compressed public key, 33 bytes. @throws MalformedError for any other kind of key */
export function publicKeyFromPeerId(peerId: string): Uint8Array {
  const publicKey = keyBytesFromPeerId(peerId)
  if (!secp256k1.utils.isValidPublicKey(publicKey, true)) throw noKey()
  return publicKey
}

/**
 * For who has it checked by what it is given to.
 * @returns 33 bytes that may be no point of the curve. @throws MalformedError for any other kind of key
 */
export function keyBytesFromPeerId(peerId: string): Uint8Array {
  let bytes: Uint8Array
  try {
    bytes = base58btc.decode(`z${peerId}`)
  } catch (cause) {
    throw new MalformedError({ subject: 'PeerId', facts: ['It is not base58btc.'], cause })
  }
  const prefix = bytes.subarray(0, peerIdPrefix.length)
  const publicKey = bytes.subarray(peerIdPrefix.length)
  if (!bytesEqual(prefix, peerIdPrefix) || publicKey.length !== 33) throw noKey()
  return publicKey
}

function noKey(): MalformedError {
  return new MalformedError({ subject: 'PeerId', facts: ['It holds no secp256k1 key.'] })
}

/** Signs 32 bytes. @returns 64 bytes; the same every time (RFC 6979) */
export function signHash(hash: Uint8Array, privateKey: PrivateKey): Uint8Array {
  return secp256k1.sign(hash, privateKey, { prehash: false })
}

/** Signs the hash of `value` under `domain`. @returns 64 bytes */
export function signValue<Schema extends z.ZodType>(
  domain: string,
  schema: Schema,
  value: z.output<Schema>,
  privateKey: PrivateKey,
): Uint8Array {
  return signHash(hashValue(domain, schema, value), privateKey)
}

/** @throws SignatureError unless `signature` over `value` is by the key of `peerId` */
export function checkSignature<Schema extends z.ZodType>(
  domain: string,
  schema: Schema,
  value: z.output<Schema>,
  by: { signature: Uint8Array; peerId: string },
): void {
  checkHash(domain, hashValue(domain, schema, value), by)
}

/** @throws SignatureError unless `signature` over the 32 bytes of `hash` is by the key of `peerId` */
export function checkHash(
  subject: string,
  hash: Uint8Array,
  { signature, peerId }: { signature: Uint8Array; peerId: string },
): void {
  // What is no point of the curve has signed nothing; who asks first decompresses the key twice.
  const publicKey = keyBytesFromPeerId(peerId)
  if (!secp256k1.verify(signature, hash, publicKey, { prehash: false })) {
    throw new SignatureError({ subject, peerId })
  }
}
