import { expect, test } from 'vitest'
import { rememberedSentence } from './remembered-words.ts'

test.each([
  [0, 'nothing of other tabs'],
  [1, 'of 1 tab how'],
  [1_200, 'of 1,200 tabs how'],
])('%i tabs', (tabs, words) => {
  expect(rememberedSentence(tabs)).toContain(words)
})
