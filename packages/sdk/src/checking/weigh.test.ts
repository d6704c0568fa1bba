import type { Outcome } from '@weft/protocol'
import { expect, test } from 'vitest'
import { weigh } from './weigh.ts'

const [p, s, f] = ['passed', 'suspicious', 'failed'] as const

test.each<[said: Outcome[], isDecided: boolean, outcome: Outcome | null, contrary: number[]]>([
  [[], false, null, []],
  [[p], true, p, []],
  [[s], false, s, []],
  [[f], false, s, []],
  [[f, f], true, f, []],
  [[f, p], false, s, []],
  [[s, p], false, s, []],
  [[s, s], true, s, []],
  [[f, p, p], true, p, [0]],
  [[f, p, f], true, f, [1]],
  [[f, s, f], true, f, []],
  [[f, s, p], true, s, []],
  [[f, p, f, p], true, s, []],
  [[f, p, f, p, p], true, p, [0, 2]],
])('of %j', (said, isDecided, outcome, contrary) => {
  const opinions = said.map((each, index) => ({ outcome: each, verifierPeerId: `${index}` }))
  const wrong = contrary.map((index) => `${index}`)
  expect(weigh(opinions)).toEqual({ isDecided, outcome, contrary: wrong })
})

test('who wants to know more asks on', () => {
  const said = (count: number) =>
    Array.from({ length: count }, () => ({ outcome: p, verifierPeerId: '' }))
  expect(weigh(said(1), 2).isDecided).toBe(false)
  expect(weigh(said(2), 2).isDecided).toBe(true)
  expect(weigh(said(3), 4).isDecided).toBe(false)
})
