import type { Receipt } from '@weft/protocol'
import { expect, test } from 'vitest'
import { dieLots, type Lot } from './lots.ts'

test('a die falls as often as it should, and lets anybody check', async () => {
  const lotsOf = (share: number): Promise<Lot[]> =>
    Promise.all(Array.from({ length: 1_000 }, () => dieLots(share).lotOf({} as Receipt, {})))
  const sampled = async (share: number) =>
    (await lotsOf(share)).filter(({ isSampled }) => isSampled).length
  expect(await sampled(0)).toBe(0)
  expect(await sampled(1)).toBe(1_000)
  // Six standard deviations: twice in a thousand million runs.
  const some = await sampled(0.1)
  expect(some).toBeGreaterThan(43)
  expect(some).toBeLessThan(157)
  expect((await dieLots(1).lotOf({} as Receipt, {})).drawn).toBeNull()
})
