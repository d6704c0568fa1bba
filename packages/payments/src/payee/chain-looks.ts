/**
 * What a payee asks of the chain. A stranger costs nothing to invent and each look costs four calls of an RPC
 * server that allows so many: so what is worth nothing is remembered for a while, and strangers get so many looks a
 * minute, each of them and all together. Who is known already is read once in `chainMaxAgeMs` and waits for nobody.
 * @module
 */
import type { Grant, Hex, WeftError } from '@weft/protocol'
import { type Lane, spenderOf } from '../lane.ts'
import { tooManyLooks } from '../payment-errors.ts'
import type { EarningLane } from './earning-lane.ts'
import { type ChannelsView, type LaneOnChain, whyWorthless } from './lane-on-chain.ts'
import type { WaitOptions } from './paid-job.ts'

/** A deposit that is confirmed meanwhile counts after so long. */
const worthlessMs = 15_000
const maxWorthless = 1_000
const minuteMs = 60_000
const looksPerPeer = 8
const looksOfStrangers = 120

export type ChainLooksInit = { channels: ChannelsView; nowMs: () => number }

export class ChainLooks {
  readonly #channels: ChannelsView
  readonly #nowMs: () => number
  readonly #running = new Map<Hex, Promise<void>>()
  /** By channel and spender, the oldest first. */
  readonly #worthless = new Map<string, { error: WeftError; untilMs: number }>()
  /** In the minute that began at `#sinceMs`. */
  readonly #looks = new Map<string, number>()
  #sinceMs = 0
  #all = 0

  constructor({ channels, nowMs }: ChainLooksInit) {
    this.#channels = channels
    this.#nowMs = nowMs
  }

  /** A lane that is known: one look at a time, whoever waits for it. */
  again(lane: EarningLane, options: WaitOptions): Promise<void> {
    const { id, lane: key, funds } = lane.earning
    const known = this.#running.get(id)
    if (known) return known
    const reading = this.#channels
      .readLane(key, { grant: funds.grant, ...options })
      .then((chain) => lane.note(chain, this.#nowMs()))
      .finally(() => this.#running.delete(id))
    this.#running.set(id, reading)
    return reading
  }

  /**
   * A lane that is not, or is paid by somebody else from now on.
   * @throws WeftError `payments/no-funds`, `funds-ended`, `too-many-looks`, `chain-lost`
   */
  async first(
    key: Lane,
    { grant, clientPeerId, signal }: WaitOptions & { grant: Grant | null; clientPeerId: string },
  ): Promise<LaneOnChain> {
    const nowMs = this.#nowMs()
    const spender = `${key.channelId}/${spenderOf({ grant }, key.signer)}`
    const known = this.#worthless.get(spender)
    if (known && nowMs < known.untilMs) throw known.error
    this.#count(clientPeerId, nowMs)
    const chain = await this.#channels.readLane(key, { grant, signal })
    const error = whyWorthless(chain, { grant: null, nowMs })
    if (error) this.#remember(spender, error)
    const forThis = error ?? whyWorthless(chain, { grant, nowMs })
    if (forThis) throw forThis
    return chain
  }

  #remember(spender: string, error: WeftError): void {
    this.#worthless.delete(spender)
    this.#worthless.set(spender, { error, untilMs: this.#nowMs() + worthlessMs })
    const [oldest] = this.#worthless.keys()
    if (this.#worthless.size > maxWorthless && oldest) this.#worthless.delete(oldest)
  }

  #count(peerId: string, nowMs: number): void {
    if (nowMs - this.#sinceMs >= minuteMs) {
      this.#looks.clear()
      this.#all = 0
      this.#sinceMs = nowMs
    }
    const ofPeer = this.#looks.get(peerId) ?? 0
    if (ofPeer >= looksPerPeer || this.#all >= looksOfStrangers) throw tooManyLooks()
    this.#looks.set(peerId, ofPeer + 1)
    this.#all += 1
  }
}
