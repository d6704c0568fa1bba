import { expect, test } from 'vitest'
import { givenSentence, giversWords, parseLimits, publisherWords } from './store-words.ts'

const tab = (peerId: string) => ({ peerId, bytes: 1 })
const site = { peerId: null, bytes: 1 }

test('who gives a model', () => {
  expect(giversWords([])).toBe('')
  expect(giversWords([site])).toBe('the site')
  expect(giversWords([tab('a')])).toBe('1 tab')
  expect(giversWords([tab('a'), site, tab('b')])).toBe('2 tabs and the site')
})

test('what was given', () => {
  expect(givenSentence({ givenTodayBytes: 0, givenBytes: 0 })).toBe('')
  expect(givenSentence({ givenTodayBytes: 3.2e6, givenBytes: 18e6 })).toBe(
    'Given: 3.2 MB today, 18.0 MB in all.',
  )
  expect(givenSentence({ givenTodayBytes: 0, givenBytes: 18e6 })).toContain('nothing today')
})

test('limits are those that can be chosen', () => {
  expect(parseLimits('1000000', '4')).toEqual({ bytesPerSecond: 1e6, maxPeers: 4 })
  expect(parseLimits('', '1')).toEqual({ bytesPerSecond: null, maxPeers: 1 })
  expect(parseLimits('7', '4')).toBeNull()
  expect(parseLimits('', '0')).toBeNull()
})

test('a publisher is named, and what that is worth', () => {
  expect(publisherWords('16Uiu2HAmAbCdEfGhIjKlMnOp')).toMatch(/^From the tab 16Uiu2….* Nobody/)
})
