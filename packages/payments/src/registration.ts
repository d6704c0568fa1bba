/**
 * A tab's key agrees to a wallet that owns it: stakes for it, and takes what it earns.
 * @module
 */
import {
  addressFromPeerId,
  bytesToHex,
  type Hex,
  type PrivateKey,
  peerIdFromPrivateKey,
  signHash,
} from '@weft/protocol'
import { parityOf } from './signatures.ts'
import { hashRegistration } from './typed-hashes.ts'

export type RegistrationInit = {
  chainId: number
  /** Registry, on that chain. */
  registry: Hex
  owner: Hex
  /** A bit set: 1 compute, 2 verify, 4 data, 8 storage. */
  roles: number
  /** As Registry has it for the key. */
  nonce: bigint
  /** Seconds since 1970. */
  deadline: bigint
}

/** @returns the key's consent as Registry takes it: 65 bytes r, s, v */
export function signRegistration(init: RegistrationInit, privateKey: PrivateKey): Hex {
  const operator = addressFromPeerId(peerIdFromPrivateKey(privateKey))
  const hash = hashRegistration({ operator, ...init })
  const signature = signHash(hash, privateKey)
  const parity = parityOf(hash, signature, operator)
  if (parity === undefined) throw new Error('A key does not know its own signature.')
  return `0x${bytesToHex(signature)}${(27 + parity).toString(16)}`
}
