/**
 * What the token is worth in money of a state, as a price feed of the chain says it. Shown beside amounts and used
 * for nothing else: prices, vouchers and bills are in the token.
 * @module
 */
import type { FiatFeed } from '@weft/contracts/networks'
import { type PublicClient, parseAbi } from 'viem'
import { chainError } from './chain-errors.ts'

/** Of one whole token: `answer / 10^decimals` units of the currency. */
export type FiatRate = { currency: string; answer: bigint; decimals: number }

/** https://docs.chain.link/data-feeds/api-reference */
const feedAbi = parseAbi([
  'function decimals() view returns (uint8)',
  'function latestRoundData() view returns (uint80 roundId, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound)',
])
/** A late answer may still come; after two of its times the feed has stopped. */
const lateFactor = 2
const mostDecimals = 36
/** Between a chain's clock and this device's. */
const skewSeconds = 600

/**
 * @returns null where the feed says nothing that can be shown: too old, from the future, or no price
 * @throws WeftError `payments/chain-lost`
 */
export async function readFiatRate(
  reader: PublicClient,
  { address, currency, heartbeatSeconds }: FiatFeed,
  nowMs = Date.now(),
): Promise<FiatRate | null> {
  const feed = { address, abi: feedAbi } as const
  try {
    const [decimals, [, answer, , updatedAt]] = await Promise.all([
      reader.readContract({ ...feed, functionName: 'decimals' }),
      reader.readContract({ ...feed, functionName: 'latestRoundData' }),
    ])
    const ageSeconds = nowMs / 1000 - Number(updatedAt)
    const isFresh = ageSeconds <= lateFactor * heartbeatSeconds && ageSeconds >= -skewSeconds
    return isFresh && answer > 0n && decimals <= mostDecimals
      ? { currency, answer, decimals }
      : null
  } catch (error) {
    throw chainError(error)
  }
}
