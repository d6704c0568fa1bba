import { expect, test } from 'vitest'
import { liarWords, proofWords, servedWords } from './proof-words.ts'

const [one, two] = [`16Uiu2HAm${'a'.repeat(44)}`, `16Uiu2HAm${'b'.repeat(44)}`]
const facts = { by: one, proveMs: 2_140, checkMs: 12.4, liars: [], other: null }

test('who proved and who looked is said, and what the others are worth', () => {
  expect(proofWords(facts)).toMatch(
    /^It holds\. Proved by 16U\S+ in 2\.1 s, checked here in 12 ms\./,
  )
  expect(proofWords(facts)).toContain('No other tab has looked')
  expect(proofWords({ ...facts, by: null })).toContain('Proved by this tab')
  expect(proofWords({ ...facts, other: { peerId: two, isValid: true } })).toMatch(
    /checked here in 12 ms and by 16U\S+\.$/,
  )
  expect(proofWords({ ...facts, other: { peerId: two, isValid: false } })).toContain(
    'says that it does not hold',
  )
})

test('a lie is said, and to whom it was no use', () => {
  expect(liarWords([])).toBeNull()
  expect(liarWords([one])).toMatch(/^16U\S+ sent a proof that does not hold.* it is not asked/)
  expect(liarWords([one, two])).toMatch(
    /^16U\S+ and 16U\S+ sent proofs that do not hold.* they are not asked/,
  )
  expect(liarWords([one, two, one])).toMatch(/^16U\S+, 16U\S+ and 16U\S+ sent proofs/)
})

test('what was done for others is counted', () => {
  expect(servedWords({ proved: 0, checked: 0 })).toBe('Nobody has asked yet.')
  expect(servedWords({ proved: 1, checked: 0 })).toBe('It has proved one answer for other tabs.')
  expect(servedWords({ proved: 2, checked: 3 })).toBe(
    'It has proved 2 answers and checked 3 proofs for other tabs.',
  )
})
