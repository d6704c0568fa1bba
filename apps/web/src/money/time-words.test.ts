import { expect, test } from 'vitest'
import { momentWords, spanWords } from './time-words.ts'

test.each([
  [60, '1 minute'],
  [3_600, '60 minutes'],
  [36_000, '10 hours'],
  [86_400, '1 day'],
  [90_000, '25 hours'],
  [604_800, '7 days'],
  [604_801, '8 days'],
])('%i s are %s', (seconds, words) => {
  expect(spanWords(seconds)).toBe(words)
})

test('moments, from now on', () => {
  const now = new Date(2026, 10, 21, 14, 5).getTime()
  const at = (...parts: [number, number, number, number, number]) =>
    momentWords(new Date(...parts).getTime() / 1000, now)
  expect(at(2026, 10, 21, 23, 59)).toBe('today, 23:59')
  expect(at(2026, 10, 22, 9, 30)).toBe('tomorrow, 09:30')
  expect(at(2026, 10, 28, 9, 30)).toBe('Saturday 28 November, 09:30')
  expect(at(2027, 0, 2, 9, 30)).toBe('Saturday 2 January 2027, 09:30')
})
