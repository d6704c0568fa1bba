/**
 * Submits tickets of private credits on a development chain, by an account of its own, for whoever on this machine
 * asks: the fee in them pays for it.
 * @module
 */
import { type Relayed, type RelayInit, relayChange, relayTicket } from '@weft/payments/chain'
import { parseRelayed } from '@weft/payments/credits'

export type CreditRelay = {
  /** @returns null for what is no ticket and no change of one. @throws WeftError as `relayTicket`, `relayChange` */
  submit(json: string): Promise<Relayed | null>
}

export function createCreditRelay(clients: () => Promise<RelayInit>): CreditRelay {
  let last: Promise<unknown> = Promise.resolve()
  return {
    submit(json) {
      const relayed = parseRelayed(json)
      if (!relayed) return Promise.resolve(null)
      // One after the other: their transactions share an account, and so its nonces.
      const relay = async (init: RelayInit) =>
        'change' in relayed ? relayChange(init, relayed) : relayTicket(init, relayed)
      const done = last.then(async () => relay(await clients()))
      last = done.catch(() => {})
      return done
    },
  }
}
