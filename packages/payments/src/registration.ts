/**
 * A tab's key agrees to a wallet that owns it: stakes for it, and takes what it earns.
 * @module
 */
import { registrationTypes, registryDomain } from '@weft/contracts'
import {
  addressFromPeerId,
  type Hex,
  type PrivateKey,
  peerIdFromPrivateKey,
  signHash,
} from '@weft/protocol'
import { compactSignatureToSignature, hashTypedData, hexToBytes, serializeSignature } from 'viem'
import { compactSignature } from './signatures.ts'

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
export function signRegistration(
  { chainId, registry, ...message }: RegistrationInit,
  privateKey: PrivateKey,
): Hex {
  const operator = addressFromPeerId(peerIdFromPrivateKey(privateKey))
  const hash = hexToBytes(
    hashTypedData({
      domain: registryDomain({ chainId, address: registry }),
      types: registrationTypes,
      primaryType: 'Registration',
      message: { operator, ...message },
    }),
  )
  const compact = compactSignature(hash, signHash(hash, privateKey), operator)
  if (!compact) throw new Error('A key does not know its own signature.')
  const { r, vs: yParityAndS } = compact
  return serializeSignature(compactSignatureToSignature({ r, yParityAndS }))
}
