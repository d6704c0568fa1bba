/**
 * Who cheats about money, on a real chain and over real streams: the honest side loses no more than is said, and
 * nothing where it is said that it loses nothing. Many more tries: `npm run bench -- losses`.
 */
import { afterAll, describe, expect, test } from 'vitest'
import { hostileCases, openMoneyStage, seeded } from './testing/hostile/index.ts'

const stage = await openMoneyStage()
afterAll(() => stage.close())

describe.each(['payer', 'node'] as const)('a %s that', (who) => {
  const cases = hostileCases.filter(({ by }) => by === who)
  test.each(cases)('$what', { timeout: 60_000 }, async ({ run, isPrevented = false }) => {
    const { lossWei, boundWei } = await run(stage, seeded(31))
    expect(lossWei).toBeLessThanOrEqual(boundWei)
    expect(boundWei > 0n).toBe(!isPrevented)
  })
})
