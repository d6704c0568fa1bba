import { expect, test } from 'vitest'
import { priceSentence } from './price-sentence.ts'

const asked: Parameters<typeof priceSentence>[0] = {
  prompt: 'abc',
  maxTokens: 999,
  tabs: 1,
  payAtMost: '1',
  spending: { freeWei: 10n ** 18n },
  rate: null,
}
const say = (change: Partial<typeof asked> = {}) => priceSentence({ ...asked, ...change }).sentence

test('before asking, the most that it can cost is said', () => {
  expect(say()).toBe('This answer costs 0.001 WEFT at most.')
  expect(say({ rate: { currency: 'USD', answer: 5n, decimals: 0 } })).toBe(
    'This answer costs 0.001 WEFT at most, about $0.005.',
  )
  expect(say({ payAtMost: '' })).toBe('Only free tabs are asked, so this answer costs nothing.')
  expect(say({ payAtMost: '0' })).toBe(say({ payAtMost: '' }))
  expect(say({ payAtMost: '', dearestWei: 10n ** 18n })).toBe(
    'Only free tabs are asked, so this answer costs nothing. With paid ones it costs 0.001 WEFT at most.',
  )
  expect(say({ payAtMost: '1,5' })).toMatch('Until then only free tabs are asked.')
  expect(say({ spending: { freeWei: 1n } })).toBe(
    'This answer may cost 0.001 WEFT, more than is left.',
  )
  expect(say({ tabs: 3 })).toBe('This answer costs 0.003 WEFT at most for 3 tabs at once.')
  expect(say({ maxTokens: Number.NaN })).toBe('This answer costs 0.000001 WEFT at most.')
})
