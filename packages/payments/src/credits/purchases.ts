/**
 * The purchases of a browser, and which of their tickets were used for which key. A ticket that was used for one
 * key is never used for another, whatever failed meanwhile: that would tell the secret and cost the bond.
 * @module
 */
import type { Hex } from '@weft/protocol'
import { noTicketLeft } from './credit-errors.ts'

/** What a browser keeps of a purchase. Nothing of it says who paid. */
export type Purchase = {
  /** Of the identity, in hex. */
  id: Hex
  /** In hex. */
  secret: Hex
  chainId: number
  /** Lower case. */
  contract: Hex
  denomination: number
  count: number
  /** By index: the key that a ticket was used for, lower case. It is written down before anything is proved. */
  keys: Hex[]
}

/** Shared by all tabs of a browser: `change` happens in one transaction. */
export interface PurchaseStore {
  list(): Promise<Purchase[]>
  put(purchase: Purchase): Promise<void>
  /** @returns the changed purchase, undefined where there is none */
  change(id: Hex, change: (purchase: Purchase) => Purchase): Promise<Purchase | undefined>
}

export function ticketsLeft({ count, keys }: Purchase): number {
  return count - keys.length
}

/**
 * Sets a ticket aside for a key: the one that it had already, or the next.
 * @returns its index
 * @throws WeftError `payments/no-ticket`; what the store throws
 */
export async function takeTicket(store: PurchaseStore, id: Hex, key: Hex): Promise<number> {
  const changed = await store.change(id, (purchase) => {
    const { keys } = purchase
    if (keys.includes(key) || ticketsLeft(purchase) === 0) return purchase
    return { ...purchase, keys: [...keys, key] }
  })
  const index = changed?.keys.indexOf(key) ?? -1
  if (index === -1) throw noTicketLeft()
  return index
}
