import { expect, test } from 'vitest'
import { SampleSet } from './sample-set.ts'

function setOf(count: number): SampleSet<number> {
  const set = new SampleSet<number>()
  for (let value = 0; value < count; value += 1) set.add(value)
  return set
}

test('every member is drawn once, whatever the size', () => {
  for (const size of [0, 1, 2, 6, 12, 97, 1000]) {
    const set = setOf(size)
    for (let round = 0; round < 20; round += 1) {
      expect([...set.draw()].sort((a, b) => a - b)).toEqual([...Array(size).keys()])
    }
  }
})

test('so many are drawn, not the same ones each time', () => {
  const set = new SampleSet<number>()
  for (let member = 0; member < 50; member += 1) set.add(member)
  const draws = Array.from({ length: 20 }, () => [...set.draw(5)])
  for (const drawn of draws) expect(new Set(drawn).size).toBe(5)
  expect(new Set(draws.flat()).size).toBeGreaterThan(5)
  expect([...set.draw(100)]).toHaveLength(50)
})

test('what is deleted is not drawn, and the first draw is fair', () => {
  const set = setOf(10)
  for (const value of [9, 0, 4, 4]) set.delete(value)
  set.add(1)
  expect([...set.draw()].sort()).toEqual([1, 2, 3, 5, 6, 7, 8])
  const counts = new Map<number | undefined, number>()
  for (let round = 0; round < 7_000; round += 1) {
    const first = set.draw().next().value ?? undefined
    counts.set(first, (counts.get(first) ?? 0) + 1)
  }
  // Seven members, each about 1,000 times; ten standard deviations are 293.
  for (const count of counts.values()) expect(Math.abs(count - 1_000)).toBeLessThan(293)
})
