/**
 * Byte and hash helpers on top of @noble/hashes.
 * @module
 */
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js'
import {
  bytesToHex,
  concatBytes,
  hexToBytes,
  randomBytes,
  utf8ToBytes,
} from '@noble/hashes/utils.js'

export { bytesToHex, concatBytes, hexToBytes, randomBytes, utf8ToBytes }

/** SHA-256 (FIPS 180-4) of the concatenation of `parts`. @returns 32 bytes */
export function sha256(...parts: Uint8Array[]): Uint8Array {
  return nobleSha256(concatBytes(...parts))
}

/** Constant content comparison (not constant time: only public values are compared). */
export function bytesEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index])
}
