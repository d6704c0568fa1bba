/**
 * Opens sealed offers and checks their signatures, once each: a verification costs about a
 * millisecond, a page asks every few seconds, and an answer holds up to 64 offers.
 * @module
 */
import {
  bytesToHex,
  checkRegistration,
  decodeRegistration,
  type Offer,
  type Registration,
  type SealedOffer,
  sha256,
} from '@weft/protocol'

/** Several answers' worth. */
const maxRemembered = 1024

export class OfferReader {
  /** By the hash of the whole registration, signature included. */
  readonly #authentic = new Map<string, Registration>()

  /** @returns nothing for an offer that is malformed or not signed by the peer that it names */
  open({ registration: sealed, activeJobs }: SealedOffer): Offer[] {
    const hash = bytesToHex(sha256(sealed))
    try {
      const registration = this.#authentic.get(hash) ?? this.#openAuthentic(hash, sealed)
      return [{ registration, activeJobs }]
    } catch {
      return []
    }
  }

  #openAuthentic(hash: string, sealed: Uint8Array): Registration {
    const registration = decodeRegistration(sealed)
    checkRegistration(registration, registration.peerId)
    if (this.#authentic.size >= maxRemembered) this.#authentic.clear()
    this.#authentic.set(hash, registration)
    return registration
  }
}
