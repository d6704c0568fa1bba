import { expect, test } from 'vitest'
import { aboutWords } from './fiat-words.ts'

const rate = { currency: 'USD', answer: 41_250_000n, decimals: 8 }
const weft = 10n ** 18n

test('an amount is said in money of a state, rounded', () => {
  expect(aboutWords(weft, rate)).toBe('about $0.41')
  expect(aboutWords(100n * weft, rate)).toBe('about $41.25')
  expect(aboutWords(1_000_000n * weft, rate)).toBe('about $412,500.00')
  expect(aboutWords(weft, { currency: 'EUR', answer: 2n * weft, decimals: 18 })).toBe('about €2.00')
})

test('small amounts keep two digits that say something', () => {
  expect(aboutWords(weft / 100n, rate)).toBe('about $0.0041')
  expect(aboutWords(weft / 1_000_000n, rate)).toBe('about $0.00000041')
})

test('nothing is said of nothing, and without a rate', () => {
  expect(aboutWords(0n, rate)).toBe('')
  expect(aboutWords(weft, null)).toBe('')
})
