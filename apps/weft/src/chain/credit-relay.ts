/**
 * Submits tickets of private credits on a development chain, by an account of its own, for whoever on this machine
 * asks: the fee in them pays for it.
 * @module
 */
import { type Relayed, type RelayInit, relayTicket } from '@weft/payments/chain'
import { parseRelayed } from '@weft/payments/credits'

export type CreditRelay = {
  /** @returns null for what is no ticket. @throws WeftError as `relayTicket` */
  submit(json: string): Promise<Relayed | null>
}

export function createCreditRelay(clients: () => Promise<RelayInit>): CreditRelay {
  let last: Promise<unknown> = Promise.resolve()
  return {
    submit(json) {
      const relayed = parseRelayed(json)
      if (!relayed) return Promise.resolve(null)
      // One after the other: their transactions share an account, and so its nonces.
      const done = last.then(async () => relayTicket(await clients(), relayed))
      last = done.catch(() => {})
      return done
    },
  }
}
