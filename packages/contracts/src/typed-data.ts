/**
 * What is signed for the contracts, as EIP-712 types and domains (https://eips.ethereum.org/EIPS/eip-712).
 * The order of fields is part of the hash: it follows `contracts/Vouchers.sol` and the token's standards.
 * @module
 */
import type { Address } from 'viem'

/** Signed by a channel's key, or by one that it granted something: all that a lane owes so far. */
export const voucherTypes = {
  Voucher: [
    { name: 'channelId', type: 'bytes32' },
    { name: 'payee', type: 'address' },
    { name: 'model', type: 'bytes32' },
    { name: 'maxClaimableAmount', type: 'uint96' },
  ],
} as const

/** Signed by a channel's key: another key may spend `cap` (wei of the token) of its cap, until `expiry` (s). */
export const grantTypes = {
  Grant: [
    { name: 'channelId', type: 'bytes32' },
    { name: 'signer', type: 'address' },
    { name: 'grantee', type: 'address' },
    { name: 'cap', type: 'uint96' },
    { name: 'expiry', type: 'uint64' },
  ],
} as const

/** EIP-2612, signed by a wallet: what `open` and `deposit` may take. */
export const permitTypes = {
  Permit: [
    { name: 'owner', type: 'address' },
    { name: 'spender', type: 'address' },
    { name: 'value', type: 'uint256' },
    { name: 'nonce', type: 'uint256' },
    { name: 'deadline', type: 'uint256' },
  ],
} as const

/** EIP-3009, signed by a wallet: what `openFor` may take. The nonce is `openingNonce` of the contract. */
export const receiveTypes = {
  ReceiveWithAuthorization: [
    { name: 'from', type: 'address' },
    { name: 'to', type: 'address' },
    { name: 'value', type: 'uint256' },
    { name: 'validAfter', type: 'uint256' },
    { name: 'validBefore', type: 'uint256' },
    { name: 'nonce', type: 'bytes32' },
  ],
} as const

/** Signed by a tab's key: it agrees that `owner` is its owner, who is then paid what it earns. */
export const registrationTypes = {
  Registration: [
    { name: 'operator', type: 'address' },
    { name: 'owner', type: 'address' },
    { name: 'roles', type: 'uint8' },
    { name: 'nonce', type: 'uint256' },
    { name: 'deadline', type: 'uint256' },
  ],
} as const

/** Where a signature counts: one contract on one chain. */
export type DomainInit = { chainId: number; address: Address }

type Domain = { name: string; version: string; chainId: number; verifyingContract: Address }

/** The domain of vouchers and grants; `address` is that of Channels. */
export function channelsDomain(init: DomainInit): Domain {
  return domain('Weft Channels', init)
}

/** The domain of registrations; `address` is that of Registry. */
export function registryDomain(init: DomainInit): Domain {
  return domain('Weft Registry', init)
}

/** The domain of permits and EIP-3009 authorisations; `address` is that of Token. */
export function tokenDomain(init: DomainInit): Domain {
  return domain('Weft', init)
}

function domain(name: string, { chainId, address }: DomainInit): Domain {
  return { name, version: '1', chainId, verifyingContract: address }
}
