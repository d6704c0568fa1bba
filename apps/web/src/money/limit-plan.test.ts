import type { KeyChannel } from '@weft/payments/chain'
import { expect, test } from 'vitest'
import { planLimit } from './limit-plan.ts'

const nowMs = 1_000_000_500
const nowS = 1_000_000
const asked = { typedWei: 2_000n, days: 1, nowMs }
const nothing = { walletWei: 0n, depositWei: 0n }

/** A limit of 500 that ends at this second. */
const limitUntil = (expiry: number) => {
  const collateral = { capWei: 500n, committedWei: 0n, bondWei: 50n, isDisputed: false }
  return { ...({} as KeyChannel), collateral: { ...collateral, expiry, availableAt: 0 } }
}

test('a limit takes a tenth more than it says, out of the wallet', () => {
  const plan = planLimit({ current: null }, { walletWei: 2_200n, depositWei: 0n }, asked)
  expect(plan).toEqual({
    moreWei: 2_000n,
    capWei: 2_000n,
    expiry: nowS + 86_400,
    neededWei: 2_200n,
    isDeposited: false,
    missingWei: 0n,
  })
  const poor = planLimit({ current: null }, { walletWei: 2_199n, depositWei: 0n }, asked)
  expect(poor.missingWei).toBe(1n)
})

test('what is deposited is taken first, all or nothing', () => {
  const enough = planLimit({ current: null }, { walletWei: 0n, depositWei: 2_200n }, asked)
  expect(enough).toMatchObject({ isDeposited: true, missingWei: 0n })
  const almost = planLimit({ current: null }, { walletWei: 2_200n, depositWei: 2_199n }, asked)
  expect(almost).toMatchObject({ isDeposited: false, missingWei: 0n })
})

test('a raise adds to what there is, and never brings the end forward', () => {
  const later = planLimit({ current: limitUntil(nowS + 9 * 86_400) }, nothing, asked)
  expect(later).toMatchObject({ moreWei: 2_000n, capWei: 2_500n, expiry: nowS + 9 * 86_400 })
  const sooner = planLimit({ current: limitUntil(nowS + 60) }, nothing, { ...asked, days: 7 })
  expect(sooner.expiry).toBe(nowS + 7 * 86_400)
})

test('what is typed is cut to where its tenth is exact', () => {
  const { moreWei, neededWei } = planLimit({ current: null }, nothing, { ...asked, typedWei: 29n })
  expect([moreWei, neededWei]).toEqual([20n, 22n])
})
