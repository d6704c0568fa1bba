/**
 * Who may register: so many nodes of one address come free, beyond that each costs work that grows
 * with their number; and one key may not change its registration all the time.
 * @module
 */
import { isWorkDone, limits, randomBytes, WeftError, type WorkChallenge } from '@weft/protocol'
import { MessageRate } from '../wire/message-rate.ts'

/** What beginning work costs: 2^16 hashes, about a third of a second in a tab. */
const firstBits = 16
/** With every doubling of what one address has, each further node costs four times as much. */
const bitsPerDoubling = 2
/** A tab registers anew when its addresses or its offer change: a few times within a minute. */
const changesPerSecond = 0.5
const changeBurst = 30
/** Keys remembered; they are free, so the memory for them must have an end. */
const maxKeys = 10_000

export type AdmissionInit = {
  /** Nodes registered at a time from one address without work. */
  freePerAddress: number
}

/** A node on one stream. */
export type Applicant = {
  peerId: string
  /** null where addresses say nothing, as behind a proxy. */
  address: string | null
  /** What it was asked for before. */
  asked: WorkChallenge | null
}

export class Admission {
  readonly #init: AdmissionInit
  /** Streams of each address over which a node is registered. */
  readonly #streams = new Map<string, Set<object>>()
  readonly #rates = new Map<string, MessageRate>()

  constructor(init: AdmissionInit) {
    this.#init = init
  }

  /**
   * @returns the work that is to be done first, or null
   * @throws WeftError `network/too-many-messages`
   */
  check(applicant: Applicant, work: number | null): WorkChallenge | null {
    const { peerId, address, asked } = applicant
    if (!this.#rateOf(peerId).take()) {
      throw new WeftError(
        'network/too-many-messages',
        'This tab changes its registration too often. It may try again in a few seconds.',
      )
    }
    if (asked && work !== null && isWorkDone(asked, peerId, work)) return null
    const { freePerAddress } = this.#init
    if (address === null) return null
    const streams = this.#streams.get(address)
    const count = streams?.size ?? 0
    if (streams?.has(applicant) || count < freePerAddress) return null
    const doublings = Math.floor(Math.log2(Math.max(1, count) / Math.max(1, freePerAddress)))
    const bits = Math.min(firstBits + bitsPerDoubling * doublings, limits.maxWorkBits)
    return { challenge: randomBytes(16), bits }
  }

  add(applicant: Applicant): void {
    const { address } = applicant
    if (address === null) return
    this.#streams.set(address, (this.#streams.get(address) ?? new Set()).add(applicant))
  }

  remove(applicant: Applicant): void {
    const { address } = applicant
    const streams = address === null ? undefined : this.#streams.get(address)
    streams?.delete(applicant)
    if (address !== null && streams?.size === 0) this.#streams.delete(address)
  }

  #rateOf(peerId: string): MessageRate {
    const rate =
      this.#rates.get(peerId) ??
      new MessageRate({ perSecond: changesPerSecond, burst: changeBurst })
    this.#rates.delete(peerId)
    this.#rates.set(peerId, rate)
    if (this.#rates.size > maxKeys) {
      for (const oldest of this.#rates.keys()) {
        this.#rates.delete(oldest)
        break
      }
    }
    return rate
  }
}
