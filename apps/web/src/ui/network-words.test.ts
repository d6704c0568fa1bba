import type { RelayStatus } from '@weft/sdk'
import { expect, test } from 'vitest'
import { networkWords } from './network-words.ts'

function words(...relays: [RelayStatus['state'], string | null][]) {
  const list = relays.map(([state, detail]) => ({ address: 'a', state, detail }))
  return networkWords({ relays: list })
}

test('one relay is enough', () => {
  expect(words(['online', null])).toEqual({ state: 'online', word: 'Online', sentence: null })
  expect(words(['offline', 'Gone.'], ['online', null]).word).toBe('Online (1 of 2)')
})

test('without one it says why', () => {
  expect(words(['offline', 'Closed; next try in 3 s.'])).toEqual({
    state: 'offline',
    word: 'Offline',
    sentence: 'Closed; next try in 3 s.',
  })
  expect(words(['offline', null]).sentence).toContain('keeps trying')
  expect(words().sentence).toContain('no relay')
})

test('connecting is neither', () => {
  expect(words(['connecting', null]).state).toBe('connecting')
})
