import { expect, test } from 'vitest'
import { queueSentence } from './queue-words.ts'

test.each([
  [
    { position: 1, aboutMs: 11_200 },
    'Every tab is busy. Your turn comes in about 15 s. You are next.',
  ],
  [
    { position: 2, aboutMs: 8_000 },
    'Every tab is busy. Your turn comes in about 10 s. One is before you.',
  ],
  [
    { position: 3, aboutMs: 2_000 },
    'Every tab is busy. Your turn comes in a few seconds. 2 are before you.',
  ],
  [
    { position: 1, aboutMs: 0 },
    'Every tab is busy. Your turn comes in a few seconds. You are next.',
  ],
  [
    { position: null, aboutMs: 61_000 },
    'Every tab is busy. Your turn comes in about 2 min. It goes on by itself.',
  ],
])('%o', (wait, sentence) => {
  expect(queueSentence(wait)).toBe(sentence)
})

test('a count down by the second changes the line every five seconds', () => {
  const sentences = Array.from({ length: 30 }, (_, second) =>
    queueSentence({ position: 1, aboutMs: 30_000 - second * 1_000 }),
  )
  expect(new Set(sentences).size).toBe(6)
})
