/**
 * Which wallet lets this tab spend, kept for the next visit: then nothing is asked of the wallet again.
 * @module
 */
import type { Hex } from '@weft/protocol'

export type KeptPayer = { chainId: number; payer: Hex }

/** Every tab has a key of its own. */
const nameOf = (address: Hex): string => `weft.payer.${address}`

/** @param address - of the tab's key. @returns null for anything that is not as it was written */
export function readKeptPayer(address: Hex): KeptPayer | null {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(nameOf(address)) ?? 'null')
    if (typeof kept !== 'object' || kept === null) return null
    const { chainId, payer } = kept as Record<string, unknown>
    if (typeof chainId !== 'number' || !isAddress(payer)) return null
    return { chainId, payer }
  } catch {
    return null
  }
}

export function writeKeptPayer(address: Hex, kept: KeptPayer): void {
  try {
    localStorage.setItem(nameOf(address), JSON.stringify(kept))
  } catch {
    // Without storage the wallet is connected anew after a reload.
  }
}

function isAddress(value: unknown): value is Hex {
  return typeof value === 'string' && /^0x[0-9a-fA-F]{40}$/.test(value)
}
