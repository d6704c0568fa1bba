/**
 * The key of a frame of Weft in another page, which brings its visitor here so that a wallet may let it spend.
 * @module
 */
import type { Hex } from '@weft/protocol'

export type OtherKey = {
  /** Lower case. */
  address: Hex
  /** Host of the page, as the frame says it. */
  page: string
}

/** @returns null where the address of this page names none */
export function readOtherKey(search: string = location.search): OtherKey | null {
  const parameters = new URLSearchParams(search)
  const address = parameters.get('for')?.toLowerCase() ?? ''
  const page = parameters.get('page') ?? ''
  if (!/^0x[0-9a-f]{40}$/.test(address) || !/^[\w.:[\]-]{1,255}$/.test(page)) return null
  return { address: address as Hex, page }
}
