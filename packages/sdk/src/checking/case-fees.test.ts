import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { caseGasOf } from './case-fees.ts'

/** What forge has measured, in units of gas. */
async function measured(name: string): Promise<Record<string, number>> {
  const url = new URL(`../../../contracts/gas/${name}.json`, import.meta.url)
  const entries = Object.entries<string>(JSON.parse(await readFile(url, 'utf8')))
  return Object.fromEntries(entries.map(([key, gas]) => [key, Number(gas)]))
}

test.each([
  { name: 'CaseGasTest', panelSize: 5, appealSize: 15 },
  { name: 'SmallCaseGasTest', panelSize: 2, appealSize: 3 },
])(
  'a key that may begin a case can pay for all of it: $panelSize and $appealSize',
  async ({ name, ...sizes }) => {
    const { tell = 0, accuse = 0, vote = 0, settle = 0, unseat = 0 } = await measured(name)
    const wrong = Math.ceil(sizes.appealSize / 2) - 1
    const all = tell + accuse + vote + settle + wrong * unseat
    expect(Math.min(tell, accuse, vote, settle, unseat)).toBeGreaterThan(21_000)
    expect(Number(caseGasOf(sizes))).toBeGreaterThan(all)
    expect(Number(caseGasOf(sizes))).toBeLessThan(2 * all)
  },
)
