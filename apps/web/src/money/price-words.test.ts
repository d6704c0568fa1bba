import { freePrice, type Price } from '@weft/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { exactAmount } from './amounts.ts'
import { parsePayAtMost, parsePrice, priceRange, priceWords } from './price-words.ts'

const weftWei = 10n ** 18n
const price = (input: bigint, output: bigint): Price => ({
  inputWeiPerMillion: input,
  outputWeiPerMillion: output,
})

test('any price within reason is read as it was written', () => {
  const wei = fc.bigInt({ min: 0n, max: 10n ** 24n })
  fc.assert(
    fc.property(wei, wei, (input, output) => {
      const typed = { input: exactAmount(input), output: exactAmount(output) }
      expect(parsePrice(typed)).toEqual({ price: price(input, output), problems: {} })
    }),
  )
})

test('empty is free; what is wrong is told at its field', () => {
  expect(parsePrice({ input: '', output: ' ' }).price).toEqual(freePrice)
  expect(parsePrice({ input: '1', output: 'x' })).toEqual({
    price: null,
    problems: { output: 'Write a number, such as 0.25.' },
  })
  expect(parsePrice({ input: '1000001', output: '1' }).problems.input).toMatch(
    '1,000,000.00 at most',
  )
})

test('a limit counts for both kinds of tokens; without one nothing is paid', () => {
  expect(parsePayAtMost('0.5')).toEqual(price(weftWei / 2n, weftWei / 2n))
  for (const text of ['', '0', '-1', 'x']) expect(parsePayAtMost(text)).toBeNull()
})

test('prices in words', () => {
  expect(priceWords(freePrice)).toBe('free')
  expect(priceWords(price(weftWei / 2n, (3n * weftWei) / 2n))).toBe(
    '0.50 WEFT for a million tokens in, 1.50 out',
  )
  expect(priceWords(price(0n, weftWei))).toBe('1.00 WEFT for a million tokens out')
  expect(priceWords(price(weftWei, 0n))).toBe('1.00 WEFT for a million tokens in')
  const half = price(weftWei / 4n, weftWei / 2n)
  expect(priceRange([half])).toBe('0.50 WEFT')
  expect(priceRange([price(weftWei, 0n), half])).toBe('0.50 to 1.00 WEFT')
})
