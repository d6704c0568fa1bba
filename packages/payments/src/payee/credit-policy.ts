/**
 * How much a node trusts a payer. Each number bounds a loss; together they are all that it can lose.
 * @module
 */
import { costWei, type Price } from '@weft/protocol'

export type CreditPolicy = {
  /**
   * What a lane may owe beyond its vouchers while jobs run; then the node waits for one. It can lose this, and
   * one delta of each job that runs, when a client walks away. Who has paid nothing yet has it once, for all its
   * jobs together.
   */
  maxUnpaidWei: bigint
  /** How long it waits before it gives the job up, in milliseconds. */
  unpaidMs: number
  /** What may be lost to one spender beyond that, and no more than it has paid, before its jobs are refused. */
  maxLostWei: bigint
  /**
   * Promised by one spender and not redeemed, before its jobs are refused: a key that over-promises pays whoever
   * redeems first.
   */
  maxUnredeemedWei: bigint
  /** A lane is never redeemed for less: what its place in a batch costs, */
  redeemLaneFromWei: bigint
  /** and a batch is not before time presses: some times what a transaction costs. */
  redeemBatchFromWei: bigint
  /** So long before the last moment everything is redeemed, in milliseconds. */
  redeemBeforeMs: number
  /** How old what is known of the chain may be, in milliseconds: far below the delay of a withdrawal. */
  chainMaxAgeMs: number
}

/** Tokens of an answer that are sent on credit at least: vouchers come every half of it, one check for 32 tokens. */
const leastUnpaidTokens = 64
/** Of a fast node more: so many seconds of its work, or it would check several signatures a second for one answer. */
const unpaidSeconds = 1
/** A client that loses its line now and then is no thief. */
const lossesForgiven = 8
const hourMs = 3_600_000

/**
 * What is sensible at a price for a node that makes so many tokens a second. Gas is paid in another coin, so what is worth it is for the owner to say: these
 * wait for a million tokens, or until time presses, and leave a lane of less than a thousand where it is.
 */
export function creditPolicyFor(price: Price, tokensPerSecond = 0): CreditPolicy {
  const unpaidTokens = Math.max(leastUnpaidTokens, Math.round(unpaidSeconds * tokensPerSecond))
  const tokens = (outputTokens: number) => costWei(price, { inputTokens: 0, outputTokens })
  const maxUnpaidWei = tokens(unpaidTokens)
  return {
    maxUnpaidWei,
    unpaidMs: 10_000,
    maxLostWei: BigInt(lossesForgiven) * maxUnpaidWei,
    maxUnredeemedWei: tokens(20_000_000),
    redeemLaneFromWei: tokens(1_000),
    redeemBatchFromWei: tokens(1_000_000),
    redeemBeforeMs: 6 * hourMs,
    chainMaxAgeMs: 60_000,
  }
}
