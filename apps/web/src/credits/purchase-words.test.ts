import { expect, test } from 'vitest'
import { planChange } from './change-plan.ts'
import {
  bondWords,
  canSpend,
  changeWords,
  isBondFree,
  keyLeftWords,
  leftOf,
  ticketsToGiveBack,
} from './purchase-words.ts'

const weft = 10n ** 18n
const day = 86_400_000
const nowMs = Date.UTC(2027, 0, 10)
const [used, toWithdraw, withdrawn] = [
  `0x${'a1'.repeat(20)}`,
  `0x${'0'.repeat(39)}1`,
  `0x${'0'.repeat(40)}`,
] as const

const until = (ms: number) => BigInt(Math.floor(ms / 1000))
const bondUntil = (ms: number, more = {}) => ({
  member: { expiry: until(ms), isBondTaken: false, isChange: false, ...more },
})

test('what was not used can go back, and so can what failed on its way', () => {
  expect(ticketsToGiveBack({ count: 3, keys: [] })).toBe(3)
  expect(ticketsToGiveBack({ count: 3, keys: [used, toWithdraw, withdrawn] })).toBe(1)
  expect(ticketsToGiveBack({ count: 2, keys: [used, withdrawn] })).toBe(0)
})

test('a ticket is spent as long as one is left and its bond is there for two days', () => {
  const { member } = bondUntil(nowMs + 3 * day)
  expect(canSpend({ count: 2, keys: [used], member }, nowMs)).toBe(true)
  expect(canSpend({ count: 1, keys: [used], member }, nowMs)).toBe(false)
  expect(canSpend({ count: 2, keys: [used], member }, nowMs + 2 * day)).toBe(false)
})

test('a bond waits, is free, or is gone', () => {
  expect(isBondFree(bondUntil(nowMs - 1_000), nowMs)).toBe(true)
  expect(isBondFree(bondUntil(nowMs - 1_000, { isBondTaken: true }), nowMs)).toBe(false)
  expect(bondWords(bondUntil(nowMs + day), '0.30 WEFT', nowMs)).toContain('back from')
  expect(bondWords(bondUntil(nowMs - day), '0.30 WEFT', nowMs)).toBe(
    'Its bond of 0.30 WEFT can be taken back.',
  )
  expect(bondWords(bondUntil(nowMs, { isBondTaken: true }), '', nowMs)).toContain('is gone')
  expect(bondWords(bondUntil(nowMs, { isChange: true }), '', nowMs)).toContain('nothing of them')
})

test('what a key has promised is not left, whether the chain knows or not', () => {
  const onChain = { capWei: 90n, committedWei: 10n, lockedWei: 9n, notedWei: 0n, fromMs: nowMs }
  expect(leftOf(onChain, null)).toEqual({ unspentWei: 80n, lockedWei: 9n, fromMs: nowMs })
  expect(leftOf(onChain, 25n)?.unspentWei).toBe(65n)
  expect(leftOf(onChain, 95n)?.unspentWei).toBe(0n)
  const collected = { ...onChain, capWei: 10n, lockedWei: 0n, notedWei: 89n }
  expect(leftOf(collected, 10n)?.unspentWei).toBe(89n)
  expect(leftOf({ ...collected, notedWei: 0n }, 10n)).toBeNull()
})

test('what a key has left buys the tickets that are worth most, and it is said from when on', () => {
  const of = (value: bigint) => ({ valueWei: value, bondWei: value / 10n, feeWei: value / 100n })
  const denominations = [of(weft), of(10n * weft)]
  expect(planChange(weft, denominations)).toBeNull()
  expect(planChange(9n * weft, denominations)).toEqual({
    ...{ denomination: 0, count: 8, valueWei: weft },
  })
  expect(planChange(50n * weft, denominations)).toMatchObject({ denomination: 0, count: 45 })
  expect(planChange(1_000n * weft, denominations)).toMatchObject({ denomination: 1, count: 90 })

  const plan = planChange(9n * weft, denominations)
  const left = { unspentWei: 8n * weft, lockedWei: weft, fromMs: nowMs + 8 * day }
  expect(keyLeftWords(left, plan, nowMs)).toMatch(/From .* it can buy 8 tickets of 1\.00 WEFT/)
  expect(keyLeftWords(left, plan, left.fromMs)).toContain('It can buy 8 tickets of 1.00 WEFT')
  const little = { ...left, unspentWei: (9n * weft) / 10n, lockedWei: (9n * weft) / 100n }
  expect(keyLeftWords(little, null, nowMs)).toMatch(
    /^This tab’s key has 0\.90 WEFT of its ticket not spent, and 0\.09 WEFT locked beside it\. .*too little for another ticket: what is locked is lost, and so is what is not spent/,
  )
  expect(keyLeftWords({ ...little, lockedWei: 0n }, null, nowMs)).not.toContain('locked')
  expect(plan && changeWords(plan)).toBe('Buy 8 tickets of 1.00 WEFT with it')
})
