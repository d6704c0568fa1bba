/**
 * What one answer of a node is expected to cost, as one number in milliseconds.
 *
 * ```
 * cost   = time · (1 + 4 · failures) + 60 s · lies + 10 s · doubts + 10 s · price / dearest price allowed
 * time   = 3 · round trip + wait + decode
 * decode = tokens / speed · (1 + share of the places that are taken)
 * wait   = what the node said itself, or jobs before this one · 2 · tokens / speed / places
 * ```
 *
 * Three round trips lie before a first token: job and quote, acceptance, first delta. Decoding jobs
 * share steps, so a full node takes twice as long for each. Paying the dearest price allowed is as bad
 * as waiting for ten seconds more, and so is an answer that verifiers were not sure of. Infinite is what must not
 * be asked: who is too dear, or was found to answer falsely.
 * @module
 */
import { costWei, type Offer, type Price } from '@weft/protocol'

/** What this browser has seen of a node; nothing of it is the node's own word but `busyMs`. */
export type KnownOfNode = {
  /** Null where too little of this model came from it. */
  tokensPerSecond: number | null
  rttMs: number | null
  /** Lately, each forgotten by and by. */
  failures: number
  /** Broken messages and false signatures, forgotten slowly. */
  lies: number
  /** Answers that verifiers were not sure of, less those that passed since. */
  doubts: number
  /** Most of the asked verifiers called an answer of it false, not long ago. */
  isFalse: boolean
  /** That it said it is still busy for; 0 when it said nothing. */
  busyMs: number
}

/** What is asked of it. */
export type Wanted = {
  modelCid: string
  inputTokens: number
  /** At most. */
  maxTokens: number
  /** The dearest that this person pays. */
  maxPrice: Price
  /** Where this tab is, if it says so. */
  region: string | null
}

/** Most answers are no longer, however long they may be. */
const usualTokens = 128
/** An announced speed is believed up to here: beyond it nothing is gained by boasting. */
const believedTokensPerSecond = 300
const leastTokensPerSecond = 0.1
/** Of a node that was never pinged: neither good nor bad. */
const unknownRttMs = 100
/** Among unknown nodes, the ones that say they are near; a claim, so it weighs next to nothing. */
const nearMs = 1
const roundTripsToFirstToken = 3
const failureWeight = 4
const lieMs = 60_000
const doubtMs = 10_000
const dearestMs = 10_000

/** @returns milliseconds, infinite for a node that must not be asked */
export function costMs(offer: Offer, known: KnownOfNode, wanted: Wanted): number {
  const { modelCid, inputTokens, maxTokens, maxPrice } = wanted
  const { registration, activeJobs } = offer
  const model = registration.models.find((each) => each.modelCid === modelCid)
  if (!model || known.isFalse || isAbove(model.price, maxPrice)) return Number.POSITIVE_INFINITY
  const outputTokens = Math.min(maxTokens, usualTokens)
  const announced = Math.min(model.tokensPerSecond, believedTokensPerSecond)
  const speed = Math.max(known.tokensPerSecond ?? announced, leastTokensPerSecond)
  const aloneMs = (1000 * outputTokens) / speed
  const places = Math.max(registration.maxJobs, 1)
  const decodeMs = aloneMs * (1 + Math.min(activeJobs / places, 1))
  const before = Math.max(0, activeJobs - places + 1)
  const waitMs = Math.max(known.busyMs, (before * 2 * aloneMs) / places)
  const isNear = wanted.region !== null && wanted.region === registration.region
  const rttMs = known.rttMs ?? unknownRttMs - (isNear ? nearMs : 0)
  const timeMs = roundTripsToFirstToken * rttMs + waitMs + decodeMs
  const tokens = { inputTokens, outputTokens }
  const dearness = share(costWei(model.price, tokens), costWei(maxPrice, tokens))
  const { failures, lies, doubts } = known
  const mistrustMs = lieMs * lies + doubtMs * doubts
  return timeMs * (1 + failureWeight * failures) + mistrustMs + dearestMs * dearness
}

function isAbove(price: Price, maxPrice: Price): boolean {
  return (
    price.inputWeiPerMillion > maxPrice.inputWeiPerMillion ||
    price.outputWeiPerMillion > maxPrice.outputWeiPerMillion
  )
}

/** @returns 0 to 1 */
function share(wei: bigint, maxWei: bigint): number {
  return maxWei === 0n ? 0 : Number((wei * 10_000n) / maxWei) / 10_000
}
