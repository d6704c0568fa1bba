/**
 * EIP-712 hashes of what keys sign for Channels (https://eips.ethereum.org/EIPS/eip-712). That of a voucher is
 * made several times a second for every job, so what stays the same on a lane is laid out once.
 * @module
 */
import { keccak_256 } from '@noble/hashes/sha3.js'
import { channelsDomain, grantTypes, voucherTypes } from '@weft/contracts'
import type { Funds, Grant, Hex } from '@weft/protocol'
import {
  concatBytes,
  domainSeparator,
  encodeAbiParameters,
  hashTypedData,
  hexToBytes,
  numberToBytes,
  stringToBytes,
} from 'viem'
import type { Lane } from './lane.ts'

/** Where a signature counts: one contract on one chain. */
export type ContractRef = Pick<Funds, 'chainId' | 'contract'>

const voucherTypehash = keccak_256(
  stringToBytes(`Voucher(${voucherTypes.Voucher.map(({ type, name }) => `${type} ${name}`)})`),
)
const wordBytes = 32

/** @returns a function from what a lane owes in all (wei, below 2^96) to the 32 bytes that are signed */
export function createVoucherHasher(
  { chainId, contract }: ContractRef,
  { channelId, payee, model }: Lane,
): (maxClaimableWei: bigint) => Uint8Array {
  const domain = channelsDomain({ chainId, address: contract })
  const lane = encodeAbiParameters(
    [{ type: 'bytes32' }, { type: 'address' }, { type: 'bytes32' }],
    [channelId, payee, model],
  )
  const struct = concatBytes([voucherTypehash, hexToBytes(lane), new Uint8Array(wordBytes)])
  const digest = concatBytes([
    Uint8Array.of(0x19, 0x01),
    hexToBytes(domainSeparator({ domain })),
    new Uint8Array(wordBytes),
  ])
  return (maxClaimableWei) => {
    struct.set(numberToBytes(maxClaimableWei, { size: wordBytes }), struct.length - wordBytes)
    digest.set(keccak_256(struct), digest.length - wordBytes)
    return keccak_256(digest)
  }
}

/** @returns the 32 bytes that a grant's signer signs */
export function hashGrant(
  { chainId, contract, channelId }: ContractRef & { channelId: Hex },
  { signer, grantee, capWei, expiry }: Omit<Grant, 'signature'> & { grantee: Hex },
): Uint8Array {
  const hash = hashTypedData({
    domain: channelsDomain({ chainId, address: contract }),
    types: grantTypes,
    primaryType: 'Grant',
    message: { channelId, signer, grantee, cap: capWei, expiry: BigInt(expiry) },
  })
  return hexToBytes(hash)
}
