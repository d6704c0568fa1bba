import type { AnswerRecord } from '@weft/storage'
import { expect, test } from 'vitest'
import { chooseShown, isAgreed, partingOf, quorumOf, type Stream } from './compare.ts'

const stream = (text: string): Stream => ({
  tokens: [...text.replace('.', '')].map((letter) => letter.charCodeAt(0)),
  finishReason: text.endsWith('.') ? 'stop' : null,
})

test.each([
  ['abc', 'abc', null],
  ['abc', 'ab', null],
  ['', 'ab', null],
  ['abc', 'axc', 1],
  ['abcd', 'abx', 2],
  ['abc.', 'abc', null],
  ['abc.', 'abcd', 3],
  ['abc.', 'abc.', null],
])('%s beside %s', (a, b, at) => {
  expect(partingOf(stream(a), stream(b))).toBe(at)
  expect(partingOf(stream(b), stream(a))).toBe(at)
})

test.each<[streams: string[], shown: number, next: number]>([
  [['abc', 'abc'], 0, 0],
  [['abc', 'axc'], 0, 0],
  [['abc', 'axc', 'a'], 0, 0],
  [['abc', 'axc', 'ax'], 0, 1],
  [['abc', 'ax', 'axc'], 0, 2],
  [['abc', 'axc', 'ax'], 1, 1],
  [['abc', 'axc', 'abd'], 1, 0],
  [['abc', 'axc', 'aye'], 0, 0],
  [['abc', 'ab.', 'ab.'], 0, 1],
  [['ab.', 'abc', 'abcd'], 0, 2],
  // They part later once more: those who are with most at first are with most.
  [['abc', 'axc', 'axd', 'axc'], 0, 1],
  [['abx', 'abc', 'abc', 'abc', 'q'], 0, 1],
  [['abcd', 'abxd', 'q', 'abcd', 'abx'], 1, 1],
])('of %j with %i shown', (streams, shown, next) => {
  expect(chooseShown(streams.map(stream), shown)).toBe(next)
})

const member = (text: string, signed: number | null): AnswerRecord => {
  const receipt = signed === null ? null : { firstToken: 0, outputTokens: signed }
  return { ...stream(text), receipt, quorum: null } as unknown as AnswerRecord
}

test.each<[string, size: number, ...members: [text: string, signed: number | null][], boolean]>([
  ['both to the end', 2, ['abc.', 3], ['abc.', 3], true],
  ['one died before it said a token', 2, ['abc.', 3], ['', null], false],
  ['one was too slow', 2, ['abc.', 3], ['ab', 2], false],
  ['one said all and signed nothing', 2, ['abc.', 3], ['abc', null], false],
  ['the shown one is not signed', 2, ['abc', null], ['abc.', 3], false],
  ['nobody else was there', 2, ['abc.', 3], false],
  ['two of three', 3, ['abc.', 3], ['abc.', 3], ['a', null], true],
  ['two of four', 4, ['abc.', 3], ['abc.', 3], ['a', null], false],
  ['one parts', 2, ['abc.', 3], ['abd.', 3], false],
])('whether most have signed the same: %s', (_, size, ...rest) => {
  const agreed = rest.pop() as boolean
  const [shown, ...others] = (rest as [string, number | null][]).map((each) => member(...each))
  if (!shown) throw new Error('nobody')
  const quorum = quorumOf([shown, ...others], { shown, size })
  expect(isAgreed({ ...shown, quorum })).toBe(agreed)
})
