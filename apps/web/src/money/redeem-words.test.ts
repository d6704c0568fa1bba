import { expect, test } from 'vitest'
import { byItselfSentence, redeemBySentence } from './redeem-words.ts'

const weft = 10n ** 18n
const now = new Date(2026, 10, 22, 14, 5)

test('what can be redeemed says until when', () => {
  const deadline = now.getTime() / 1000 + 3_600
  expect(redeemBySentence((42n * weft) / 100n, deadline, now.getTime())).toBe(
    '0.42 WEFT can be redeemed. Do it before today, 15:05, or it is lost.',
  )
})

test('who redeems depends on what the key has for fees', () => {
  expect(byItselfSentence(null, weft)).toContain('Looking')
  expect(byItselfSentence(0n, weft)).toContain('once its own key has coins')
  expect(byItselfSentence(weft / 50n, 3n * weft)).toMatch(/from 3\.00 WEFT on.*has 0\.02 ETH/)
})
