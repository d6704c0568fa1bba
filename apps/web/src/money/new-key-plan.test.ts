import { expect, test } from 'vitest'
import type { KeyHolds } from './key-holds.ts'
import { newKeySentence, planNewKey, whyKeepKey } from './new-key-plan.ts'

const nothing: KeyHolds = {
  isServing: false,
  redeemableWei: 0n,
  claimableWei: 0n,
  stakeWei: 0n,
  unbondingWei: 0n,
  gasWei: 0n,
}

test('what is left moves to the new key where the deposit suffices for it and its tenth', () => {
  expect(planNewKey(1_005n, { depositWei: 1_100n })).toEqual({ capWei: 1_000n })
  expect(planNewKey(1_005n, { depositWei: 1_099n })).toEqual({ capWei: 0n })
  expect(planNewKey(0n, { depositWei: 5n })).toEqual({ capWei: 0n })
})

test('a change of the key says what becomes of the limit, and of its coins', () => {
  const told = { withdrawDelay: 86_400, gasWei: 0n }
  const sentence = newKeySentence({ capWei: 10n ** 18n }, told)
  expect(sentence).toMatch(/may spend 1\.00 WEFT.*in 2 days\.$/)
  expect(newKeySentence({ capWei: 0n }, told)).toContain('Then allow the new key a limit.')
  const coins = { ...told, gasWei: 10n ** 16n }
  expect(newKeySentence({ capWei: 0n }, coins)).toMatch(/0\.01 ETH for fees: they are lost with it/)
})

test.each<[string, Partial<KeyHolds>]>([
  ['switch Serve off', { isServing: true }],
  ['cannot be known', { redeemableWei: null }],
  ['redeem and claim', { redeemableWei: 1n }],
  ['redeem and claim', { claimableWei: 1n }],
  ['at stake', { stakeWei: 1n }],
  ['at stake', { unbondingWei: 1n }],
])('a key on which money hangs stays: %s', (why, changed) => {
  expect(whyKeepKey({ ...nothing, ...changed })).toContain(why)
})

test('coins for fees go with a key where that was said', () => {
  const holds = { ...nothing, gasWei: 2n }
  expect(whyKeepKey(nothing)).toBeUndefined()
  expect(whyKeepKey(holds)).toBeUndefined()
  expect(whyKeepKey(holds, { gasWei: 1n })).toContain('have come')
})
