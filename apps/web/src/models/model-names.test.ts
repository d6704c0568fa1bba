import { expect, test } from 'vitest'
import { chatModels, nameAmong } from './model-names.ts'

const small = { name: 'Bobbin', dtype: 'q4', modelCid: 'cid-000001' }
const large = { name: 'Bobbin', dtype: 'q8', modelCid: 'cid-000002' }
const later = { name: 'Bobbin', dtype: 'q8', modelCid: 'cid-000003' }
const other = { name: 'Gemma', dtype: 'q8', modelCid: 'cid-000004' }

test('a name says no more than it takes to tell a model from the others', () => {
  expect(nameAmong(small, [small, other])).toBe('Bobbin')
  expect(nameAmong(small, [small, large, other])).toBe('Bobbin (q4)')
  expect(nameAmong(large, [small, large, later])).toBe('Bobbin (q8, …000002)')
  expect(nameAmong(other, [small, large, other])).toBe('Gemma')
})

test('what makes vectors, or came from a tab unasked, is not asked for answers', () => {
  const chat = { manifest: { task: 'chat' as const }, isChosen: true }
  const vectors = { manifest: { task: 'embedding' as const }, isChosen: true }
  const strange = { ...chat, isChosen: false }
  expect(chatModels([vectors, chat, strange])).toEqual([chat])
})
