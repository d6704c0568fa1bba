/**
 * What one relay holds, in short: who is registered with it, and a digest by which two relays notice
 * that they do not mean the same.
 * @module
 */
import type { Digest } from '@weft/protocol'

export class Holding {
  readonly #sequences = new Map<string, number>()
  #hash = 0
  /** Multiaddrs under which tabs reach that relay; none of our own. */
  addresses: readonly string[] = []

  get size(): number {
    return this.#sequences.size
  }

  get digest(): Digest {
    return { count: this.size, hash: this.#hash }
  }

  /** As if these were not held. */
  digestWithout(peerIds: Iterable<string>): Digest {
    let { count, hash } = this.digest
    for (const peerId of peerIds) {
      const sequence = this.#sequences.get(peerId)
      if (sequence === undefined) continue
      count -= 1
      hash = (hash ^ hash32(`${peerId} ${sequence}`)) >>> 0
    }
    return { count, hash }
  }

  has(peerId: string): boolean {
    return this.#sequences.has(peerId)
  }

  set(peerId: string, sequence: number): void {
    this.delete(peerId)
    this.#sequences.set(peerId, sequence)
    this.#hash = (this.#hash ^ hash32(`${peerId} ${sequence}`)) >>> 0
  }

  delete(peerId: string): void {
    const sequence = this.#sequences.get(peerId)
    if (sequence === undefined) return
    this.#sequences.delete(peerId)
    this.#hash = (this.#hash ^ hash32(`${peerId} ${sequence}`)) >>> 0
  }

  /** A walk over it goes on through changes. */
  peerIds(): IterableIterator<string> {
    return this.#sequences.keys()
  }
}

/** FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/): for chance, not against an enemy. */
function hash32(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  return hash >>> 0
}
