import { expect, test } from 'vitest'
import { signedSentences } from './shared-words.ts'

const receipt = { nodePeerId: '16Uiu2HAmSigned', firstToken: 0, endedAtMs: 1_800_000_000_000 }
const segments = [{ peerId: receipt.nodePeerId, startToken: 0 }]

test('who has signed, for what, and what that does not show', () => {
  const [first, last, ...more] = signedSentences({ receipt, segments })
  expect(first).toMatch(/^The tab 16Uiu2.* has signed for this question, exactly these tokens and/)
  expect(last).toMatch(/^It does not show that a model chose these tokens/)
  expect(more).toEqual([])
})

test('what others made before is told apart', () => {
  const before = { peerId: '16Uiu2HAmOther', startToken: 0 }
  const after = { peerId: receipt.nodePeerId, startToken: 3 }
  const [first, second] = signedSentences({
    receipt: { ...receipt, firstToken: 3 },
    segments: [before, after],
  })
  expect(first).toContain('the tokens from 4 on')
  expect(second).toMatch(/^What tabs before it made/)
})
