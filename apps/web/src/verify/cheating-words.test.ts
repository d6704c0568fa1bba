import { expect, test } from 'vitest'
import { cheatingFormula, cheatingWords, expectedLossWei } from './cheating-words.ts'

const weft = 10n ** 18n
const rules = { sampleBps: 1_000, slashBps: 5_000 }
const init = { rules, stakeWei: 100n * weft, gainWei: weft / 100n }

test('what a false answer costs on average is set against what it brings', () => {
  expect(expectedLossWei(init)).toBe(5n * weft)
  expect(cheatingFormula(init)).toBe('0.1 × 50.00 WEFT = 5.00 WEFT > 0.01 WEFT')
  expect(cheatingWords(init, 'A node', 'the dearest lately brought')).toBe(
    'One paid answer in 10 is checked by lot. A node loses 50.00 WEFT when a court convicts it. If each of these checks is made and leads to that, a false answer costs it 5.00 WEFT on average; the dearest lately brought 0.01 WEFT. Then cheating does not pay.',
  )
})

test('where it would pay, or nobody has anything to lose or gain, that is said', () => {
  expect(cheatingWords({ ...init, gainWei: 6n * weft }, 'A node', 'one brought')).toMatch(
    /would pay/,
  )
  expect(cheatingFormula({ ...init, gainWei: 6n * weft })).toMatch(/≤/)
  expect(cheatingWords({ ...init, stakeWei: 0n }, 'A node', 'one')).toMatch(/nothing at stake/)
  const free = { ...init, gainWei: 0n }
  expect(cheatingWords(free, 'A node', 'one brought')).toMatch(
    /one brought nothing. Then cheating does/,
  )
  expect(cheatingWords(free, 'A node', null)).toMatch(/5.00 WEFT on average.$/)
  expect(cheatingFormula(free)).toBe('0.1 × 50.00 WEFT = 5.00 WEFT')
  expect(cheatingWords({ ...init, rules: { ...rules, sampleBps: 300 } }, 'A', 'b')).toMatch(/33.3/)
})
