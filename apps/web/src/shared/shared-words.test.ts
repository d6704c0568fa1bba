import { expect, test } from 'vitest'
import { signedSentences } from './shared-words.ts'

const receipt = { nodePeerId: '16Uiu2HAmSigned', firstToken: 0, endedAtMs: 1_800_000_000_000 }

test('who has signed, for what, and what that does not show', () => {
  const [first, last, ...more] = signedSentences(receipt)
  expect(first).toMatch(
    /^The tab 16Uiu2.* has signed for this question and exactly these tokens and/,
  )
  expect(last).toMatch(/^It does not show that a model chose these tokens/)
  expect(more).toEqual([])
})

test('what nobody has signed for is told apart, whoever is said to have made it', () => {
  const [first, second] = signedSentences({ ...receipt, firstToken: 3 })
  expect(first).toContain('the tokens from 4 on and their text')
  expect(second).toMatch(/^Nobody has signed for the beginning/)
})
