import { expect, test } from 'vitest'
import { answersWords, leftWords, setWords } from './credit-words.ts'

const weft = 10n ** 18n

test('how many answers an amount makes, as far as anybody knows', () => {
  const price = { inputWeiPerMillion: weft, outputWeiPerMillion: weft }
  // 600 tokens at one WEFT a million.
  expect(answersWords(weft, price)).toBe(
    'About 1,600 answers of 400 tokens at what you pay at most.',
  )
  expect(answersWords((weft * 3n) / 100n, price)).toContain('About 50 answers')
  expect(answersWords(1n, price)).toBe('Less than one answer at what you pay at most.')
  expect(answersWords(weft, null)).toContain('Set “Pay at most”')
})

test('how well a buyer hides is said as it is', () => {
  expect(setWords(0)).toContain('the only one')
  expect(setWords(1)).toContain('whoever spends one is you')
  expect(setWords(5)).toBe(
    '5 purchases so far: a ticket that is spent is one of theirs. That is few.',
  )
  expect(setWords(500)).not.toContain('few')
})

test('what is left', () => {
  expect(leftWords(2, 3, weft)).toBe('2 of 3 tickets of 1.00 WEFT left')
})
