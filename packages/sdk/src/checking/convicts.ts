/**
 * Who lost stake for a false answer, as a court has said. It knows keys by their addresses; offers name PeerIds.
 * @module
 */
import { addressFromPeerId, type Hex } from '@weft/protocol'

export type Convicts = {
  add(addresses: readonly Hex[]): void
  has(peerId: string): boolean
}

/** Keys cost nothing to make, so what is worked out of them is forgotten again. */
const maxKnown = 2_000

export function createConvicts(): Convicts {
  const convicts = new Set<Hex>()
  const addresses = new Map<string, Hex | null>()

  function addressOf(peerId: string): Hex | null {
    const known = addresses.get(peerId)
    if (known !== undefined) return known
    if (addresses.size >= maxKnown) addresses.clear()
    const address = worked(peerId)
    addresses.set(peerId, address)
    return address
  }

  return {
    add(more) {
      for (const address of more) convicts.add(address)
    },
    has(peerId) {
      if (convicts.size === 0) return false
      const address = addressOf(peerId)
      return address !== null && convicts.has(address)
    },
  }
}

/** @returns null for a key of another kind, which no court knows */
function worked(peerId: string): Hex | null {
  try {
    return addressFromPeerId(peerId)
  } catch {
    return null
  }
}
