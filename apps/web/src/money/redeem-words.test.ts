import { expect, test } from 'vitest'
import { byItselfSentence, lacksFees, redeemBySentence } from './redeem-words.ts'

const weft = 10n ** 18n
const now = new Date(2026, 10, 22, 14, 5)

test('what can be redeemed says until when', () => {
  const deadline = now.getTime() / 1000 + 3_600
  expect(redeemBySentence((42n * weft) / 100n, deadline, now.getTime())).toBe(
    '0.42 WEFT can be redeemed. Do it before today, 15:05, or it is lost.',
  )
})

test('who redeems depends on what the key has for fees', () => {
  const feeWei = weft / 100n
  const sentence = (gasWei: bigint | null) => byItselfSentence({ gasWei, feeWei }, 3n * weft, weft)
  expect(sentence(null)).toContain('Looking')
  expect(sentence(0n)).toContain('has coins for the fees. Your wallet')
  expect(sentence(feeWei - 1n)).toMatch(
    /can redeem.*once.*has 0\.00999 ETH, which may be too little/,
  )
  expect(sentence(feeWei)).toMatch(
    /redeems by itself, from 3\.00 WEFT on \(1\.00 WEFT so far\).*has 0\.01 ETH/,
  )
})

test('the wallet is asked for fees before the key has none', () => {
  const feeWei = 10n
  expect(lacksFees({ gasWei: null, feeWei: null })).toBe(false)
  expect([0n, 9n, 10n].map((gasWei) => lacksFees({ gasWei, feeWei }))).toEqual([true, true, false])
})
