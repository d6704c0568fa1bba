import { expect, test } from 'vitest'
import { createBudget } from './message-budget.ts'

test('a burst passes, then a few a second, and a flood is told from a mistake', () => {
  let now = 0
  const budget = createBudget({ burst: 3, perSecond: 2, nowMs: () => now })
  expect([budget.take(), budget.take(), budget.take(), budget.take()]).toEqual([
    true,
    true,
    true,
    false,
  ])
  now = 500
  expect([budget.take(), budget.take()]).toEqual([true, false])
  expect(budget.isSpent()).toBe(false)
  for (let sent = 0; sent < 28; sent += 1) budget.take()
  expect(budget.isSpent()).toBe(true)
  now = 60_000
  expect([budget.take(), budget.take(), budget.take(), budget.take()]).toEqual([
    true,
    true,
    true,
    false,
  ])
})
