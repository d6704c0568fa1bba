/**
 * Submits tickets for others, for the fee in them, and takes the bond of who uses one twice: what anybody with
 * coins for gas may do. A buyer who submitted its own ticket would tell who it is.
 * @module
 */
import type { Hex } from '@weft/protocol'
import { WeftError } from '@weft/protocol'
import type { RelayedTicket } from '../credits/relay-message.ts'
import { secretOfShares } from '../credits/secret.ts'
import { type CreditsReaderInit, createCreditsReader } from './credits-reader.ts'
import { type CreditsWalletInit, createCreditsWallet } from './credits-wallet.ts'

export type RelayInit = CreditsWalletInit & { deployment: CreditsReaderInit['deployment'] }

/** `opened`: the key may spend; `slashed`: the ticket was used before, for another key; `changed`: see `relayChange`. */
export type Relayed = { outcome: 'opened' | 'slashed' | 'changed'; transaction: Hex }

/** @throws WeftError as `send`; `payments/ticket-used` where it was used for the same key */
export async function relayTicket(init: RelayInit, relayed: RelayedTicket): Promise<Relayed> {
  const { denomination, ticket, key } = relayed
  const wallet = createCreditsWallet(init)
  const spent = await createCreditsReader(init).spent(ticket.nullifier)
  if (!spent) {
    const { transactionHash } = await wallet.spend(relayed)
    return { outcome: 'opened', transaction: transactionHash }
  }
  if (spent.x === ticket.x) {
    throw new WeftError(
      'payments/ticket-used',
      'This ticket was used for this key already. Nothing was paid again.',
      { facts: [`Key: ${key}`] },
    )
  }
  // Of a share that nobody proved comes a secret that nobody has: the contract refuses it.
  const secret = secretOfShares(spent, ticket)
  const to = init.wallet.account.address
  const { transactionHash } = await wallet.slash(denomination, secret, to)
  return { outcome: 'slashed', transaction: transactionHash }
}
