import { expect, test } from 'vitest'
import { matches } from './matches.ts'

test('every word has to be there, in any order and case', () => {
  const text = 'sdk/busy Every tab is busy.'
  expect(matches('', text)).toBe(true)
  expect(matches('TAB sdk/', text)).toBe(true)
  expect(matches('  busy ', text)).toBe(true)
  expect(matches('busy relay', text)).toBe(false)
})
