import { expect, test } from 'vitest'
import { seatPhase, seatPlan } from './seat-plan.ts'

const wallet = `0x${'1'.repeat(40)}` as const
const rules = { minimumStakeWei: 100n, needsFees: false }

test('a tab that nobody owns needs all of it, one that computes only what is missing', () => {
  const nothing = { owner: null, roles: 0, stakeWei: 0n }
  expect(seatPlan(nothing, { ...rules, needsFees: true })).toEqual([
    { name: 'register', roles: 3 },
    { name: 'stake', wei: 100n },
    { name: 'fees' },
    { name: 'seat' },
  ])
  expect(seatPlan({ owner: wallet, roles: 1, stakeWei: 40n }, rules)).toEqual([
    { name: 'role', roles: 3 },
    { name: 'stake', wei: 60n },
    { name: 'seat' },
  ])
  expect(seatPlan({ owner: wallet, roles: 2, stakeWei: 100n }, rules)).toEqual([{ name: 'seat' }])
})

test('a seat is drawn from its epoch on, until it is left', () => {
  const seat = { fromEpoch: 7, untilEpoch: null }
  expect(seatPhase({ seat: null, lastEpoch: 9 })).toBe('none')
  expect(seatPhase({ seat, lastEpoch: 6 })).toBe('coming')
  expect(seatPhase({ seat, lastEpoch: 7 })).toBe('drawn')
  expect(seatPhase({ seat: { ...seat, untilEpoch: 9 }, lastEpoch: 8 })).toBe('leaving')
  expect(seatPhase({ seat: { ...seat, untilEpoch: 9 }, lastEpoch: 9 })).toBe('left')
})
