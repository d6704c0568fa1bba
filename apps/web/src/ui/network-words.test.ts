import type { RelayStatus } from '@weft/sdk'
import { expect, test } from 'vitest'
import { networkWords, restingWords } from './network-words.ts'

function words(...relays: [RelayStatus['state'], string | null][]) {
  const list = relays.map(([state, detail]) => ({ address: 'a', state, detail }))
  return networkWords({ relays: list })
}

test('one relay is enough', () => {
  expect(words(['online', null])).toEqual({ state: 'online', word: 'Online', sentence: null })
  expect(words(['offline', 'Gone.'], ['online', null]).word).toBe('Online (1 of 2)')
})

test('without one it says why', () => {
  expect(words(['offline', 'It is closed.'])).toEqual({
    state: 'offline',
    word: 'Offline',
    sentence:
      'It is closed. Meanwhile no other tab can be found. In the Playground, Local only asks this device, if it can run the model.',
  })
  expect(words(['offline', null]).sentence).toContain('Trying again')
  expect(words().sentence).toContain('no relay')
})

test('it never says that this device answers by itself', () => {
  for (const { sentence } of [words(), words(['offline', null])]) {
    expect(sentence).toContain('no other tab can be found')
    expect(sentence).toContain('Local only asks this device, if it can run')
  }
})

test('connecting is neither', () => {
  expect(words(['connecting', null]).state).toBe('connecting')
})

test('before this tab joins, the site says how many others there are', () => {
  expect(restingWords(1)).toEqual({ state: 'resting', word: '1 node live', sentence: null })
  expect(restingWords(0).word).toBe('0 nodes live')
  expect(restingWords(null).word).toBe('Not joined')
})
