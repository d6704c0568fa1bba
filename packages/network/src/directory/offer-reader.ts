/**
 * Opens sealed offers and checks signatures when they are asked about, once each: a page asks every few
 * seconds, an answer holds up to 64 offers, and a verification costs a millisecond or two.
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
  readonly #opened = new Map<string, Registration>()
  readonly #checked = new WeakMap<Registration, boolean>()

  /** @returns nothing for an offer that is malformed; its signature is not checked yet */
  open({ registration: sealed, activeJobs }: SealedOffer): Offer[] {
    const hash = bytesToHex(sha256(sealed))
    try {
      return [{ registration: this.#opened.get(hash) ?? this.#open(hash, sealed), activeJobs }]
    } catch {
      return []
    }
  }

  /** Whether it is signed by the peer that it names. */
  isAuthentic(registration: Registration): boolean {
    const known = this.#checked.get(registration)
    if (known !== undefined) return known
    const isAuthentic = isSigned(registration)
    this.#checked.set(registration, isAuthentic)
    return isAuthentic
  }

  #open(hash: string, sealed: Uint8Array): Registration {
    const registration = decodeRegistration(sealed)
    if (this.#opened.size >= maxRemembered) this.#opened.clear()
    this.#opened.set(hash, registration)
    return registration
  }
}

function isSigned(registration: Registration): boolean {
  try {
    checkRegistration(registration, registration.peerId)
    return true
  } catch {
    return false
  }
}
