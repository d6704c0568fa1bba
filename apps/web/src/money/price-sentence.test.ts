import { expect, test } from 'vitest'
import { priceSentence } from './price-sentence.ts'

const asked: Parameters<typeof priceSentence>[0] = {
  inputTokens: 1,
  maxTokens: 999,
  tabs: 1,
  payAtMost: '1',
  spending: { freeWei: 10n ** 18n },
  live: 'unknown',
  rate: null,
}
const say = (change: Partial<typeof asked> = {}) => priceSentence({ ...asked, ...change }).sentence
const paid = { dearestWei: 10n ** 18n }

test('before asking, the most that it can cost is said', () => {
  expect(say()).toBe('This answer costs 0.001 WEFT at most, unless a lost tab is replaced.')
  expect(say({ rate: { currency: 'USD', answer: 5n, decimals: 0 } })).toMatch(
    'This answer costs 0.001 WEFT at most, about $0.005, unless',
  )
  expect(say({ payAtMost: '' })).toBe('Only free tabs are asked, so this answer costs nothing.')
  expect(say({ payAtMost: '0' })).toBe(say({ payAtMost: '' }))
  expect(say({ payAtMost: '', live: paid })).toBe(
    'Only free tabs are asked, so this answer costs nothing. With paid ones it costs 0.001 WEFT at most, unless a lost tab is replaced.',
  )
  expect(say({ payAtMost: '1,5' })).toMatch('Until then only free tabs are asked.')
  expect(say({ spending: { freeWei: 1n } })).toBe(
    'This answer may cost 0.001 WEFT, more than is left.',
  )
  expect(say({ tabs: 3 })).toMatch(
    'This answer costs 0.003 WEFT at most for 3 tabs at once, unless',
  )
  expect(say({ maxTokens: Number.NaN })).toMatch('This answer costs 0.000001 WEFT at most')
})

test('what goes in is in it', () => {
  expect(say({ inputTokens: 1_001 })).toMatch('This answer costs 0.002 WEFT at most')
})

test('where only free tabs are, it costs nothing unless a paid one comes', () => {
  expect(say({ live: 'free' })).toBe(
    'Only free tabs are there now, so this answer costs nothing. With paid ones it would cost 0.001 WEFT at most, unless a lost tab is replaced.',
  )
  expect(say({ live: paid })).toBe(say())
  expect(say({ live: 'free', spending: { freeWei: 1n } })).toBe(say({ live: 'free' }))
})
