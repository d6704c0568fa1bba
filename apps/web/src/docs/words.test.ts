import { expect, test } from 'vitest'
import { noteWords } from './words.tsx'

test('tags of docstrings are words for people', () => {
  expect(noteWords('@param text - at most 8,000 characters')).toBe(
    '`text`: at most 8,000 characters',
  )
  expect(noteWords('@returns what `createClient` takes')).toBe('Returns what `createClient` takes')
  expect(noteWords('@throws WeftError `sdk/site`')).toBe('Throws WeftError `sdk/site`')
  expect(noteWords('`id`, or null.')).toBe('`id`, or null.')
})
