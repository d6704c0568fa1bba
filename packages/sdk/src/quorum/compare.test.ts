import { expect, test } from 'vitest'
import { chooseShown, partingOf, type Stream } from './compare.ts'

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
