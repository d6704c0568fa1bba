/**
 * Whose connection it is, as far as the address tells.
 * @module
 */
import type { Multiaddr } from '@multiformats/multiaddr'

/** One customer has a whole /64 of IPv6 addresses (RFC 6177). */
const ipv6Groups = 4

/**
 * @returns the IPv4 address or the IPv6 network; null for another kind, and for this machine itself
 *   unless `countsLoopback`: a proxy in front makes all tabs look local.
 */
export function addressOf(remote: Multiaddr, { countsLoopback }: { countsLoopback: boolean }) {
  const part = remote.getComponents().find(({ name }) => name === 'ip4' || name === 'ip6')
  const value = part?.value
  if (!part || value === undefined) return null
  const text = value.replace(/^::ffff:(?=\d+\.)/, '')
  if (!countsLoopback && (text.startsWith('127.') || text === '::1')) return null
  return text.includes(':') ? networkOf(text) : text
}

/** @returns the first 64 bits of an IPv6 address that may be written short */
function networkOf(text: string): string {
  const [head = '', tail] = text.split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail ? tail.split(':') : []
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length
  const groups = [...before, ...Array<string>(Math.max(0, zeros)).fill('0'), ...after]
  return `${groups.slice(0, ipv6Groups).join(':')}::/64`
}
