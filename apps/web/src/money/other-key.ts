/**
 * A key that a link brings here so that a wallet may let it spend: of Weft's frame in another page, if the link is
 * from there. Nothing here can tell, so the person compares.
 * @module
 */
import type { Hex } from '@weft/protocol'

export type OtherKey = {
  /** Lower case. */
  address: Hex
  /** Host of the page, as the link says it: whoever wrote the link may have lied. */
  page: string
}

/** Enough of it to compare by eye, and more than somebody can have drawn a key for. */
export function keyDigits(address: Hex): string {
  return `${address.slice(0, 10)} … ${address.slice(-8)}`
}

/** @returns null where the address of this page names none */
export function readOtherKey(search: string = location.search): OtherKey | null {
  const parameters = new URLSearchParams(search)
  const address = parameters.get('for')?.toLowerCase() ?? ''
  const page = parameters.get('page') ?? ''
  if (!/^0x[0-9a-f]{40}$/.test(address) || !/^[\w.:[\]-]{1,255}$/.test(page)) return null
  return { address: address as Hex, page }
}
