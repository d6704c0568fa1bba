/**
 * EIP-712 hashes of what keys sign for Channels (https://eips.ethereum.org/EIPS/eip-712). That of a voucher is
 * made several times a second for every job, so what stays the same on a lane is laid out once.
 * @module
 */
import { keccak_256 } from '@noble/hashes/sha3.js'
import {
  channelsDomain,
  grantTypes,
  registrationTypes,
  registryDomain,
  voucherTypes,
} from '@weft/contracts'
import {
  concatBytes,
  type Funds,
  type Grant,
  type Hex,
  hashStruct,
  hashText,
  hashTyped,
  words,
} from '@weft/protocol'
import type { Lane } from './lane.ts'
import type { RegistrationInit } from './registration.ts'

/** Where a signature counts: one contract on one chain. */
export type ContractRef = Pick<Funds, 'chainId' | 'contract'>

type Fields = readonly { name: string; type: string }[]
const typeOf = (name: string, fields: Fields) =>
  `${name}(${fields.map((field) => `${field.type} ${field.name}`)})`

const voucherType = typeOf('Voucher', voucherTypes.Voucher)
const grantType = typeOf('Grant', grantTypes.Grant)
const registrationType = typeOf('Registration', registrationTypes.Registration)
const domainType =
  'EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)'
const wordBytes = 32

function hashDomain(domain: ReturnType<typeof channelsDomain>): Uint8Array {
  const { name, version, chainId, verifyingContract } = domain
  return hashStruct(domainType, [hashText(name), hashText(version), chainId, verifyingContract])
}

/** @returns a function from what a lane owes in all (wei, below 2^96) to the 32 bytes that are signed */
export function createVoucherHasher(
  { chainId, contract }: ContractRef,
  { channelId, payee, model }: Lane,
): (maxClaimableWei: bigint) => Uint8Array {
  const struct = concatBytes(hashText(voucherType), words([channelId, payee, model, 0n]))
  const domain = hashDomain(channelsDomain({ chainId, address: contract }))
  return (maxClaimableWei) => {
    struct.set(words([maxClaimableWei]), struct.length - wordBytes)
    return hashTyped(domain, keccak_256(struct))
  }
}

/** @returns the 32 bytes that a grant's signer signs */
export function hashGrant(
  { chainId, contract, channelId }: ContractRef & { channelId: Hex },
  { signer, grantee, capWei, expiry }: Omit<Grant, 'signature'> & { grantee: Hex },
): Uint8Array {
  const struct = hashStruct(grantType, [channelId, signer, grantee, capWei, expiry])
  return hashTyped(hashDomain(channelsDomain({ chainId, address: contract })), struct)
}

/** @returns the 32 bytes that a key signs to have an owner */
export function hashRegistration(init: RegistrationInit & { operator: Hex }): Uint8Array {
  const { chainId, registry, operator, owner, roles, nonce, deadline } = init
  const struct = hashStruct(registrationType, [operator, owner, roles, nonce, deadline])
  return hashTyped(hashDomain(registryDomain({ chainId, address: registry })), struct)
}
