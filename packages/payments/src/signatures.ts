/**
 * Signatures of hashes by a tab's key: 64 bytes, r and s, low s (SEC 1, BIP 62), as everywhere in Weft. A
 * contract wants the parity of R as well (EIP-2098). It is not sent, since nothing that a payee checks with the
 * payer's public key would notice a wrong one: whoever redeems works it out, once for a lane.
 * @module
 */
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { addressFromPoint, bytesToHex, type Hex } from '@weft/protocol'

/** @param signature - 64 bytes. @param publicKey - compressed, 33 bytes */
export function isSignedBy(
  hash: Uint8Array,
  signature: Uint8Array,
  publicKey: Uint8Array,
): boolean {
  return secp256k1.verify(signature, hash, publicKey, { prehash: false })
}

/** What the contract takes: r, and s with the parity in its top bit. */
export type CompactSignature = { r: Hex; vs: Hex }

/** @returns the signature for the contract, undefined where it is not by `address` */
export function compactSignature(
  hash: Uint8Array,
  signature: Uint8Array,
  address: Hex,
): CompactSignature | undefined {
  const parity = parityOf(hash, signature, address)
  if (parity === undefined) return
  const vs = Uint8Array.from(signature.subarray(32))
  vs[0] = (vs[0] ?? 0) | (parity << 7)
  return { r: `0x${bytesToHex(signature.subarray(0, 32))}`, vs: `0x${bytesToHex(vs)}` }
}

/** @returns of R, undefined where the signature is not by `address` */
export function parityOf(hash: Uint8Array, signature: Uint8Array, address: Hex): 0 | 1 | undefined {
  return ([0, 1] as const).find((parity) => recoverAddress(hash, signature, parity) === address)
}

function recoverAddress(hash: Uint8Array, signature: Uint8Array, parity: 0 | 1): Hex | undefined {
  try {
    const read = secp256k1.Signature.fromBytes(signature, 'compact')
    return addressFromPoint(read.addRecoveryBit(parity).recoverPublicKey(hash))
  } catch {
    // No such point: not a signature of anybody.
  }
}
