import type { CaseState, CourtState, Standing } from '@weft/sdk'
import { expect, test } from 'vitest'
import { accusationWords, bondWords, caseWords, hindranceOf, keptWords } from './case-words.ts'

const nowMs = new Date('2026-11-22T10:00:00').getTime()
const endsAtMs = nowMs + 600_000
const state: CaseState = {
  id: '0x01',
  nodePeerId: 'peer',
  foundAtMs: nowMs,
  progress: 'drawn',
  panel: 3,
  sayFalse: 1,
  sayTrue: 0,
  endsAtMs: null,
  lostWei: 0n,
  reason: null,
  isShown: false,
}
const rules = { slashBps: 5_000, appealBondWei: 10n ** 19n, appealSize: 9 } as CourtState['rules']
const tab = { rules, stakeWei: 100n * 10n ** 18n, nowMs }

test('a case says what has happened and what comes next', () => {
  expect(caseWords(state, nowMs)).toBe('A panel of 3 is asked: 1 says false, 0 say not so far.')
  expect(caseWords({ ...state, progress: 'accused', sayFalse: 2, endsAtMs }, nowMs)).toBe(
    'Accused: 2 say false, 0 say not. It may appeal until today, 10:10.',
  )
  expect(caseWords({ ...state, progress: 'convicted', lostWei: 5n * 10n ** 19n }, nowMs)).toBe(
    'Convicted. It lost 50.00 WEFT.',
  )
  expect(caseWords({ ...state, progress: 'found', isShown: true }, nowMs)).toMatch(
    /^Found, and shown/,
  )
  expect(caseWords({ ...state, progress: 'dropped', reason: 'Too late.' }, nowMs)).toBe(
    'Dropped. Too late.',
  )
})

test('who is accused is told what it loses, until when, and what an appeal takes', () => {
  const accused = { id: '0x01', stage: 'accused', endsAtMs, lostWei: 0n } as const
  expect(accusationWords(accused, tab)).toMatch(/until today, 10:10 it loses 50.00 WEFT/)
  expect(accusationWords({ ...accused, endsAtMs: nowMs - 1 }, tab)).toMatch(/is over: 50.00 WEFT/)
  const settled = { ...accused, stage: 'settled' } as const
  expect(accusationWords({ ...settled, lostWei: 10n ** 18n }, tab)).toMatch(/lost 1.00 WEFT/)
  expect(accusationWords(settled, tab)).toMatch(/lost nothing/)
  expect(bondWords(rules, null)).toMatch(/by itself: 10.00 WEFT more .* up to 9 verifiers/)
  expect(bondWords(rules, 'fees')).toMatch(/wallet can appeal for it, with 10.00 WEFT as a bond/)
})

test('who has something at stake is told what is kept of what it answers, and how long', () => {
  const keptSeconds = 4 * 86_400
  const standing = { stakeWei: 1n } as Standing
  expect(keptWords({ standing, keptAnswers: 1, keptSeconds })).toMatch(
    /for 4 days.*; 1 is kept now/,
  )
  expect(keptWords({ standing: null, keptAnswers: 2, keptSeconds })).toMatch(/2 are kept now/)
  expect(keptWords({ standing: null, keptAnswers: 0, keptSeconds })).toBeNull()
})

test('a wallet can appeal wherever the tab’s key may not manage to', () => {
  const standing = (gasWei: bigint) => ({ gasWei, caseFeeWei: 100n }) as Standing
  const problem = { code: 'payments/chain-lost', message: '', facts: [] }
  const of = (gasWei: bigint, state: Partial<CourtState> = {}) =>
    hindranceOf({ standing: standing(gasWei), problem: null, ...state })
  expect([of(0n), of(1n), of(99n), of(100n, { standing: null })]).toEqual(Array(4).fill('fees'))
  expect(of(100n)).toBeNull()
  expect(of(100n, { problem })).toBe('problem')
})
