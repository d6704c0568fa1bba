/**
 * Whom an address stands for, where something is counted by it.
 * @module
 */
import { isIPv6 } from 'node:net'

/**
 * @param address - IPv4, IPv6 (with a zone, or with IPv4 in it), or whatever a proxy says
 * @returns of IPv6 the first 64 bits, e.g. `2001:db8:0:1::/64`, since who has one such address has all 2^64 of its
 *   network (https://www.rfc-editor.org/rfc/rfc4291#section-2.5.4); anything else as it is
 */
export function counterAddress(address: string): string {
  const [bare = ''] = address.split('%')
  if (!isIPv6(bare)) return address
  const groups = groupsOf(bare)
  // A socket that takes both kinds shows IPv4 as ::ffff:0:0/96.
  if (groups.slice(0, 6).join() === '0,0,0,0,0,65535') {
    return groups
      .slice(6)
      .flatMap((group) => [group >> 8, group & 255])
      .join('.')
  }
  const network = groups.slice(0, 4).map((group) => group.toString(16))
  return `${network.join(':')}::/64`
}

/** @returns its eight numbers of 16 bits */
function groupsOf(address: string): number[] {
  // As URLs write it: no IPv4 in it, at most one `::`.
  const written = new URL(`http://[${address}]`).hostname.slice(1, -1)
  const [head = [], tail = []] = written.split('::').map((half) =>
    half
      .split(':')
      .filter(Boolean)
      .map((group) => Number.parseInt(group, 16)),
  )
  return [...head, ...Array<number>(8 - head.length - tail.length).fill(0), ...tail]
}
