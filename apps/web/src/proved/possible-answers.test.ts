import { expect, test } from 'vitest'
import { isAsked, withAnswer } from './possible-answers.ts'

const feature = (name: string, high: number) => ({
  name,
  unit: '',
  low: 0,
  high,
  scale: 1,
  offset: 0,
})
const card = {
  features: [
    feature('late payments in 2 years', 9),
    feature('since the last late payment', 24),
    feature('loan', 9),
  ],
}

test('who was never late is not asked when it was last', () => {
  expect(isAsked(card, [2, 5, 0], 1)).toBe(true)
  const never = withAnswer(card, [2, 5, 0], 0, 0)
  expect(never).toEqual([0, 24, 0])
  expect([0, 1, 2].map((index) => isAsked(card, never, index))).toEqual([true, false, true])
  expect(withAnswer(card, [2, 5, 3], 2, 0)).toEqual([2, 5, 0])
})
