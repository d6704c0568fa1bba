/**
 * Prices in words, and what they come to. A price is for a million tokens, the prompt's and the answer's apart.
 * @module
 */
import type { Price } from '@weft/protocol'
import { type ParsedAmount, parseAmount, shortAmount, weft } from './amounts.ts'

/** As a person typed it. */
export type TypedPrice = { input: string; output: string }

export type ParsedPrice = {
  /** Null where something is wrong. */
  price: Price | null
  problems: Partial<Record<keyof TypedPrice, string>>
}

/** So that the price of the longest prompt still fits into what a voucher can say. */
const dearestWei = 10n ** 24n

/** An empty field is 0. */
export function parsePrice({ input, output }: TypedPrice): ParsedPrice {
  const [inputWei, outputWei] = [parseField(input), parseField(output)]
  if (inputWei.problem === undefined && outputWei.problem === undefined) {
    const price = { inputWeiPerMillion: inputWei.wei, outputWeiPerMillion: outputWei.wei }
    return { price, problems: {} }
  }
  return {
    price: null,
    problems: {
      ...(inputWei.problem === undefined ? {} : { input: inputWei.problem }),
      ...(outputWei.problem === undefined ? {} : { output: outputWei.problem }),
    },
  }
}

function parseField(text: string): ParsedAmount {
  if (text.trim() === '') return { wei: 0n }
  const parsed = parseAmount(text)
  if (parsed.problem !== undefined || parsed.wei <= dearestWei) return parsed
  return { problem: `It can be ${shortAmount(dearestWei)} at most.` }
}

/** One limit for both. @returns null where it is empty or wrong: then only free tabs are asked */
export function parsePayAtMost(text: string): Price | null {
  const { wei } = parseField(text)
  if (!wei) return null
  return { inputWeiPerMillion: wei, outputWeiPerMillion: wei }
}

export function isFree({ inputWeiPerMillion, outputWeiPerMillion }: Price): boolean {
  return inputWeiPerMillion === 0n && outputWeiPerMillion === 0n
}

/** e.g. `0.50 WEFT for a million tokens in, 1.50 out`, `1.50 WEFT for a million tokens out`; `free` for nothing */
export function priceWords(price: Price): string {
  if (isFree(price)) return 'free'
  const { inputWeiPerMillion, outputWeiPerMillion } = price
  if (inputWeiPerMillion === 0n) return `${weft(outputWeiPerMillion)} for a million tokens out`
  if (outputWeiPerMillion === 0n) return `${weft(inputWeiPerMillion)} for a million tokens in`
  return `${weft(inputWeiPerMillion)} for a million tokens in, ${shortAmount(outputWeiPerMillion)} out`
}

/** What all of these ask for a million tokens of the dearer kind, e.g. `0.50 to 1.50 WEFT`. */
export function priceRange(prices: readonly Price[]): string {
  const asked = prices.map(dearerWei).toSorted((a, b) => (a < b ? -1 : 1))
  const [least = 0n, most = 0n] = [asked[0], asked.at(-1)]
  return least === most ? weft(least) : `${shortAmount(least)} to ${weft(most)}`
}

/** For a million tokens of the dearer kind. */
export function dearerWei({ inputWeiPerMillion, outputWeiPerMillion }: Price): bigint {
  return inputWeiPerMillion > outputWeiPerMillion ? inputWeiPerMillion : outputWeiPerMillion
}
