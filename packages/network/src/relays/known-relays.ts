/**
 * Relays over which this tab may reach others: its own, and those for which its own vouch. Nobody else
 * chooses which hosts this tab opens sockets to.
 * @module
 */

/** PeerIds that are remembered beside our own; the latest count. */
const maxVouched = 64

export class KnownRelays {
  readonly #own: readonly string[]
  readonly #vouched = new Map<string, string[]>()

  /** @param own - multiaddrs, each ending in `/p2p/<PeerId>` */
  constructor(own: readonly string[]) {
    this.#own = own
  }

  /** @param addresses - all that one relay says in one answer */
  vouch(addresses: readonly string[]): void {
    const byPeer = Map.groupBy(addresses, relayPeerId)
    for (const [peerId, latest] of byPeer) {
      if (peerId === undefined || this.#own.some((own) => relayPeerId(own) === peerId)) continue
      this.#vouched.delete(peerId)
      this.#vouched.set(peerId, latest)
    }
    for (const peerId of [...this.#vouched.keys()].slice(0, -maxVouched)) {
      this.#vouched.delete(peerId)
    }
  }

  /** @returns addresses of one relay; where it is our own, only the one that we were given */
  addressesOf(peerId: string): readonly string[] {
    const own = this.#own.find((address) => relayPeerId(address) === peerId)
    return own ? [own] : (this.#vouched.get(peerId) ?? [])
  }

  /** @returns whether it leads to a known relay, or over one to a tab */
  admits(address: string): boolean {
    const [hop = ''] = address.split('/p2p-circuit')
    return this.addressesOf(relayPeerId(hop) ?? '').includes(hop)
  }

  /** @returns whether it is only vouched for */
  isVouched(peerId: string): boolean {
    return this.#vouched.has(peerId)
  }
}

/** @returns the PeerId at the end of a relay's address */
export function relayPeerId(address: string): string | undefined {
  const [, ...rest] = address.split('/p2p/')
  return rest.at(-1)
}
