/**
 * What tokens cost. Reckoning alone, so that a page which shows a price loads nothing else.
 * @module
 */
import type { Price } from './job.ts'

export const freePrice: Price = { inputWeiPerMillion: 0n, outputWeiPerMillion: 0n }

export function isFree({ inputWeiPerMillion, outputWeiPerMillion }: Price): boolean {
  return inputWeiPerMillion === 0n && outputWeiPerMillion === 0n
}

/** @returns the cost in token units, rounded down once over the whole job */
export function costWei(
  price: Price,
  { inputTokens, outputTokens }: { inputTokens: number; outputTokens: number },
): bigint {
  const total =
    price.inputWeiPerMillion * BigInt(inputTokens) +
    price.outputWeiPerMillion * BigInt(outputTokens)
  return total / 1_000_000n
}
