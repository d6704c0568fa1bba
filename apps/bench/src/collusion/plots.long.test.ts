import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { plots } from './plots.ts'
import { openTown, type Town } from './town.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let town: Town
beforeAll(async () => {
  town = await openTown({ verifiers: 20, colluding: 6 })
})
afterAll(() => town.close())

/** Plays until enough came of it: three in ten verifiers are the majority of a panel in one of eight draws. */
const enough = 1
const maxTries = 80

test.each(plots)('nobody gains by it, and no honest one loses: $name', async ({ name, play }) => {
  let [cases, gainWei] = [0, 0n]
  for (let index = 0; index < maxTries && cases < enough; index += 1) {
    const played = await town.apart(() => play(town))
    if (name === 'wash' || played.end !== 'no case') cases += 1
    gainWei += played.gainWei
    expect(played.honestWei).toBeGreaterThanOrEqual(0n)
  }
  expect(cases).toBeGreaterThan(0)
  expect(gainWei).toBeLessThanOrEqual(0n)
})
