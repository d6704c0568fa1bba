import { type Receipt, WeftError } from '@weft/protocol'
import { expect, test } from 'vitest'
import { dieLots, type Lot, type Lots, lotsOrDie } from './lots.ts'

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

test('a chain casts the lot, and a die where nobody does so there', async () => {
  const receipt = {} as Receipt
  const fromChain: Lot = { isSampled: true, drawn: ['0x1'] }
  const chain = (lotOf: Lots['lotOf']) => lotsOrDie(() => ({ lotOf }), dieLots(0))
  const failing = (code: string) => chain(() => Promise.reject(new WeftError(code, '')))
  expect(await chain(async () => fromChain).lotOf(receipt, {})).toBe(fromChain)
  expect((await failing('sdk/no-lot').lotOf(receipt, {})).isSampled).toBe(false)
  expect((await lotsOrDie(() => null, dieLots(1)).lotOf(receipt, {})).isSampled).toBe(true)
  const lost = { code: 'payments/chain-lost' }
  await expect(failing('payments/chain-lost').lotOf(receipt, {})).rejects.toMatchObject(lost)
})
