/**
 * Checks signatures of registrations once each: a verification costs about a millisecond, a page
 * asks every few seconds, and an answer holds up to 64 offers.
 * @module
 */
import {
  bytesToHex,
  checkRegistration,
  encode,
  type Registration,
  registrationSchema,
  sha256,
} from '@weft/protocol'

/** Several answers' worth. */
const maxRemembered = 1024

export class RegistrationCheck {
  /** Hashes of whole registrations, signature included, that were found authentic. */
  readonly #authentic = new Set<string>()

  /** @returns whether the registration is signed by the peer that it names */
  isAuthentic(registration: Registration): boolean {
    const hash = bytesToHex(sha256(encode('registration', registrationSchema, registration)))
    if (this.#authentic.has(hash)) return true
    try {
      checkRegistration(registration, registration.peerId)
    } catch {
      return false
    }
    if (this.#authentic.size >= maxRemembered) this.#authentic.clear()
    this.#authentic.add(hash)
    return true
  }
}
