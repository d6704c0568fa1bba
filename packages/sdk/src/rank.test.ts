import type { Offer } from '@weft/protocol'
import { expect, test } from 'vitest'
import { rank } from './rank.ts'

const offer = (peerId: string, activeJobs: number) =>
  ({ registration: { peerId }, activeJobs }) as unknown as Offer
const costOf = ({ activeJobs }: Offer) => activeJobs
const first = (offers: Offer[]) => rank(offers, costOf)[0]?.registration.peerId

test('of two the cheaper one; of many, seldom a dear one, and never always the same', () => {
  expect(first([offer('dear', 9), offer('cheap', 1)])).toBe('cheap')
  const ten = Array.from({ length: 10 }, (_, index) => offer(`${index}`, index))
  const firsts = Array.from({ length: 300 }, () => first(ten))
  expect(new Set(firsts).size).toBeGreaterThan(3)
  // The dearest is never the better of two.
  expect(firsts).not.toContain('9')
  expect(rank(ten, costOf)).toHaveLength(10)
})

test('what must not be asked is not in the list', () => {
  expect(rank([offer('too dear', 1)], () => Number.POSITIVE_INFINITY)).toEqual([])
})
