import { expect, test } from 'vitest'
import { newKeySentence, planNewKey, whyKeepKey } from './new-key-plan.ts'

const nothing = { claimableWei: 0n, stakeWei: 0n, unbondingWei: 0n }

test('what is left moves to the new key where the deposit suffices for it and its tenth', () => {
  expect(planNewKey(1_005n, { depositWei: 1_100n })).toEqual({ capWei: 1_000n })
  expect(planNewKey(1_005n, { depositWei: 1_099n })).toEqual({ capWei: 0n })
  expect(planNewKey(0n, { depositWei: 5n })).toEqual({ capWei: 0n })
})

test('a change of the key says what becomes of the limit', () => {
  expect(newKeySentence({ capWei: 10n ** 18n }, 86_400)).toMatch(/may spend 1\.00 WEFT.*in 2 days/)
  expect(newKeySentence({ capWei: 0n }, 86_400)).toContain('Then allow the new key a limit.')
})

test('a key on which money hangs stays', () => {
  const why = (redeemableWei: bigint, changed = {}) =>
    whyKeepKey({ redeemableWei, operator: { ...nothing, ...changed } })
  expect(why(0n)).toBeUndefined()
  expect(why(1n)).toContain('redeem and claim')
  expect(why(0n, { claimableWei: 1n })).toContain('redeem and claim')
  expect(why(0n, { stakeWei: 1n })).toContain('at stake')
  expect(why(0n, { unbondingWei: 1n })).toContain('at stake')
})
