/**
 * The names under which keys and models are known on a chain. A tab's one key is its PeerId and its EVM
 * address at once, so whoever holds the connection has proved who signs its vouchers.
 * @module
 */
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { keccak_256 } from '@noble/hashes/sha3.js'
import { CID } from 'multiformats/cid'
import { z } from 'zod'
import { bytesToHex, hexToBytes } from './bytes.ts'
import { publicKeyFromPeerId } from './signature.ts'
import { bytesSchema } from './values.ts'

/** Bytes as `0x` and lower-case hex, the way chains' libraries take them. */
export type Hex = `0x${string}`

/** So many bytes on the wire, `0x…` in memory. */
const hexSchema = (length: number) =>
  z.codec(
    bytesSchema(length),
    z.custom<Hex>(
      (text) => typeof text === 'string' && new RegExp(`^0x[0-9a-f]{${2 * length}}$`).test(text),
      { error: `expected 0x and ${2 * length} lower-case hex digits` },
    ),
    {
      decode: (bytes): Hex => `0x${bytesToHex(bytes)}`,
      encode: (text) => hexToBytes(text.slice(2)),
    },
  )

/** An account or contract. Always in lower case: the checksum of EIP-55 is for people's eyes. */
export const addressSchema = hexSchema(20)
export const bytes32Schema = hexSchema(32)

/** @returns the address of a PeerId's key. @throws MalformedError for any other kind of key */
export function addressFromPeerId(peerId: string): Hex {
  return addressFromPoint(secp256k1.Point.fromBytes(publicKeyFromPeerId(peerId)))
}

/** @returns the address of a public key */
export function addressFromPoint(point: { toBytes(isCompressed: false): Uint8Array }): Hex {
  const hash = keccak_256(point.toBytes(false).subarray(1))
  return `0x${bytesToHex(hash.subarray(12))}`
}

/** @returns the digest in a model's CID: what contracts and vouchers call the model */
export function modelKey(modelCid: string): Hex {
  return `0x${bytesToHex(CID.parse(modelCid).multihash.digest)}`
}
