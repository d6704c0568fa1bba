/**
 * Which wallet lets this tab spend, kept for the next visit: then nothing is asked of the wallet again.
 * @module
 */
import type { Hex } from '@weft/protocol'

export type KeptPayer = { chainId: number; payer: Hex }

const prefix = 'weft.payer.'
/** Every tab has a key of its own. */
const nameOf = (address: Hex): string => prefix + address

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

/** Nothing comes back from that key any more. What has been kept for it since then stays. */
export function forgetKeptPayer(address: Hex, { chainId, payer }: KeptPayer): void {
  if (!keysOfPayer({ chainId, payer }).includes(address)) return
  try {
    localStorage.removeItem(nameOf(address))
  } catch {
    // Without storage none is kept.
  }
}

/** Keys of this browser that a payer has let spend: of other tabs, and those that tabs had before. */
export function keysOfPayer({ chainId, payer }: KeptPayer): Hex[] {
  const names = namesInStorage().filter((name) => name.startsWith(prefix))
  const keys = names.map((name) => name.slice(prefix.length)).filter(isAddress)
  return keys.filter((key) => {
    const kept = readKeptPayer(key)
    return kept?.chainId === chainId && kept.payer.toLowerCase() === payer.toLowerCase()
  })
}

function namesInStorage(): string[] {
  try {
    return Object.keys(localStorage)
  } catch {
    return []
  }
}

function isAddress(value: unknown): value is Hex {
  return typeof value === 'string' && /^0x[0-9a-fA-F]{40}$/.test(value)
}
