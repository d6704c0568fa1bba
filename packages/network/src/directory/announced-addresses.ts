/**
 * Which of a tab's addresses go into its registration.
 * @module
 */
import { limits } from '@weft/protocol'

/**
 * Those that lead to the tab itself, not through a relay's limited circuit. One for each relay, since
 * whoever dials knows the relay by its PeerId: one that listens under many names takes no places
 * from the others.
 */
export function announcedAddresses(addresses: readonly string[]): string[] {
  const byWay = new Map<string, string>()
  for (const address of [...addresses].sort()) {
    const [hop = '', rest] = address.split('/p2p-circuit')
    const way = rest === undefined ? address : (hop.split('/p2p/').at(-1) ?? '')
    const isDirect = rest === undefined || rest.includes('/webrtc')
    const fits = address.length <= limits.maxAddressChars
    if (isDirect && fits && !byWay.has(way)) byWay.set(way, address)
  }
  return [...byWay.values()].slice(0, limits.maxAddressesPerNode)
}
