import fc from 'fast-check'
import { expect, test } from 'vitest'
import { exactAmount, parseAmount, shortAmount } from './amounts.ts'

const amounts = fc.bigInt({ min: 0n, max: 2n ** 96n - 1n })

test('what is written exactly is read as the same', () => {
  fc.assert(
    fc.property(amounts, (wei) => {
      expect(parseAmount(exactAmount(wei))).toEqual({ wei })
    }),
  )
})

test('what is written short is never more than there is, and less by a hundredth at most', () => {
  fc.assert(
    fc.property(amounts, (wei) => {
      const { wei: shown = -1n } = parseAmount(shortAmount(wei).replaceAll(',', ''))
      expect(shown <= wei && wei - shown <= wei / 100n).toBe(true)
    }),
  )
})

test('whole and decimals are added, whichever zeros are typed', () => {
  const digits = fc.stringMatching(/^\d{1,9}$/)
  fc.assert(
    fc.property(digits, digits, fc.nat(30), (whole, fraction, zeros) => {
      const text = `${whole}.${fraction}${'0'.repeat(zeros)}`
      const wei =
        BigInt(whole) * 10n ** 18n + BigInt(fraction) * 10n ** BigInt(18 - fraction.length)
      expect(parseAmount(text)).toEqual({ wei })
    }),
  )
})

test('what is no amount is told why, whatever is typed', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const { wei, problem } = parseAmount(text)
      if (problem === undefined) {
        expect(text.trim()).toMatch(/^\d*\.?\d*$/)
        expect(wei).toBeTypeOf('bigint')
      } else {
        expect(problem).toMatch(/^[A-Z].*\.$/)
      }
    }),
  )
})

test.each([
  [0n, '0.00'],
  [1n, '0.000000000000000001'],
  [341_218_999_999_999n, '0.000341'],
  [250_000_000_000_000_000n, '0.25'],
  [999_999_999_999_999_999n, '0.9999'],
  [10n ** 18n, '1.00'],
  [1_969_899_999_999_999_999n, '1.9698'],
  [1_234_567n * 10n ** 15n, '1,234.56'],
  [10n ** 27n, '1,000,000,000.00'],
])('%s wei are %s', (wei, words) => {
  expect(shortAmount(wei)).toBe(words)
})

test.each([
  ['', 'Write an amount'],
  ['.', 'Write a number'],
  ['1e3', 'Write a number'],
  ['1,5', 'point'],
  ['-1', 'below 0'],
  ['0.0000000000000000001', '18 decimals'],
  ['79228162515', 'not so much'],
  ['9'.repeat(999), 'not so much'],
])('%j is refused', (text, problem) => {
  expect(parseAmount(text).problem).toMatch(problem)
})
