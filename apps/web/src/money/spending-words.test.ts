import { expect, test } from 'vitest'
import {
  beforeTicketSentence,
  depositSentence,
  elsewhereSentence,
  limitSentence,
  pastSentence,
  waitSentence,
} from './spending-words.ts'

const weft = 10n ** 18n
const now = new Date(2026, 10, 22, 14, 5)
const seconds = now.getTime() / 1000

test('a limit is one sentence', () => {
  expect(limitSentence({ capWei: 2n * weft, expiry: seconds + 86_400 }, now.getTime())).toBe(
    'This tab may spend up to 2.00 WEFT until tomorrow, 14:05.',
  )
})

test('a deposit says what is more than the limit', () => {
  const sentence = depositSentence({ capWei: 2n * weft, takenWei: (22n * weft) / 10n })
  expect(sentence).toMatch(
    /^2\.20 WEFT leave the wallet: the limit, and 0\.20 WEFT that stay locked/,
  )
})

test('the wait is twice the delay', () => {
  const sentence = waitSentence(86_400)
  expect(sentence).toContain('comes back 2 days after the end')
  expect(sentence).toContain('nodes have 1 day to redeem')
})

test('what is over can be taken from its second on', () => {
  const collateral = { capWei: 1n, committedWei: 0n, bondWei: 0n, expiry: 1, isDisputed: false }
  const past = { collateral: { ...collateral, availableAt: seconds } }
  expect(pastSentence(past, now.getTime())).toBe('It can be taken back now.')
  expect(pastSentence(past, now.getTime() - 1)).toBe('It can be taken back from today, 14:05 on.')
})

test('what a ticket does to the limit of a wallet is said before it, and how to have the rest back', () => {
  const sentence = beforeTicketSentence({ leftWei: (191n * weft) / 100n, withdrawDelay: 86_400 })
  expect(sentence).toMatch(/^1\.91 WEFT of your wallet’s limit are not spent\. /)
  expect(sentence).toContain('cannot spend them any more')
  expect(sentence).toMatch(/“Stop spending now” before.*“Stop its spending” later.*2 days after/)
  expect(beforeTicketSentence({ leftWei: 0n, withdrawDelay: 86_400 })).toBeNull()
})

test('a limit of another key is not said to be of a tab that may have left it', () => {
  const sentence = elsewhereSentence(
    { capWei: 2n * weft, expiry: seconds + 86_400 },
    { nowMs: now.getTime(), withdrawDelay: 86_400 },
  )
  expect(sentence).toMatch(/^Another key of this browser may spend up to 2\.00 WEFT until tomorrow/)
  expect(sentence).toContain('or no tab has it any more')
  expect(sentence).toContain('2 days after')
})
