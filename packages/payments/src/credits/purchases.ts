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
  /**
   * By index: the key that a ticket was used for, lower case, `toWithdraw` or `withdrawn`. It is written
   * down before anything is proved.
   */
  keys: Hex[]
}

/** Shared by all tabs of a browser: `change` happens in one transaction. */
export interface PurchaseStore {
  list(): Promise<Purchase[]>
  put(purchase: Purchase): Promise<void>
  /** @returns the changed purchase, undefined where there is none */
  change(id: Hex, change: (purchase: Purchase) => Purchase): Promise<Purchase | undefined>
}

/** In place of a key: set aside to go back to the wallet; and gone there, or not to be touched here. No key is like them. */
const toWithdraw: Hex = `0x${'0'.repeat(39)}1`
export const withdrawn: Hex = `0x${'0'.repeat(40)}`

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

/**
 * Sets a ticket aside to go back to the wallet: one whose way back failed before, or the next.
 * @returns its index
 * @throws WeftError `payments/no-ticket`; what the store throws
 */
export async function takeToWithdraw(store: PurchaseStore, id: Hex): Promise<number> {
  let index = -1
  await store.change(id, (purchase) => {
    const { keys } = purchase
    index = keys.indexOf(toWithdraw)
    if (index !== -1 || ticketsLeft(purchase) === 0) return purchase
    index = keys.length
    return { ...purchase, keys: [...keys, toWithdraw] }
  })
  if (index === -1) throw noTicketLeft()
  return index
}

/** It is back at the wallet. @throws what the store throws */
export async function markWithdrawn(store: PurchaseStore, id: Hex, index: number): Promise<void> {
  await store.change(id, (purchase) => ({
    ...purchase,
    keys: purchase.keys.with(index, withdrawn),
  }))
}
