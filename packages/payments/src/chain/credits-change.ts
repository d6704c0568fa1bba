/**
 * What a ticket's key has left, as tickets of a fresh secret: the key signs, somebody else submits.
 * @module
 */
import type { Hex } from '@weft/protocol'
import { WeftError } from '@weft/protocol'
import { type LocalAccount, verifyTypedData } from 'viem'
import type { RelayedChange } from '../credits/relay-message.ts'
import type { CreditsRef } from '../credits/ticket.ts'
import { createCreditsReader } from './credits-reader.ts'
import { createCreditsWallet } from './credits-wallet.ts'
import type { Relayed, RelayInit } from './relay-ticket.ts'

type ChangeInit = CreditsRef & { identity: bigint; count: number }

const types = {
  Change: [
    { name: 'denomination', type: 'uint256' },
    { name: 'identity', type: 'uint256' },
    { name: 'count', type: 'uint256' },
  ],
} as const

/** @param account - of the key that a ticket opened @param init - `identity` of a fresh secret, `count` 1 to 100 */
export async function signChange(account: LocalAccount, init: ChangeInit): Promise<RelayedChange> {
  const { denomination, identity, count } = init
  const signature = await account.signTypedData(typedData(init))
  const key = account.address.toLowerCase() as Hex
  return { key, change: { denomination, identity, count, signature } }
}

/**
 * Submits it, for the fee in it, and first has the contract note what the key has left.
 * @throws WeftError `payments/refused` where the key did not sign; as `send`
 */
export async function relayChange(init: RelayInit, relayed: RelayedChange): Promise<Relayed> {
  const { key, change } = relayed
  const { chainId, contract, remainder } = createCreditsReader(init)
  const { signature, ...of } = change
  const data = typedData({ chainId, contract, ...of })
  // Before anything is paid for: noting what is left is a transaction of its own.
  if (!(await verifyTypedData({ address: key, signature, ...data }))) throw notSigned(key)
  const wallet = createCreditsWallet(init)
  if ((await remainder(key)) === 0n) await wallet.collect(key)
  const { transactionHash } = await wallet.change(relayed)
  return { outcome: 'changed', transaction: transactionHash }
}

function typedData({ chainId, contract, denomination, identity, count }: ChangeInit) {
  return {
    domain: { name: 'Weft Credits', version: '1', chainId, verifyingContract: contract },
    types,
    primaryType: 'Change' as const,
    message: { denomination: BigInt(denomination), identity, count: BigInt(count) },
  }
}

function notSigned(key: Hex): WeftError {
  return new WeftError(
    'payments/refused',
    'The key did not sign for this, so what it has left stays. Nothing was paid.',
    { facts: [`Key: ${key}`] },
  )
}
