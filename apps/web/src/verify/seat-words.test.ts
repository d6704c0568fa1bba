import type { CourtState, Standing } from '@weft/sdk'
import { expect, test } from 'vitest'
import { seatTerms, seatWords, stepsWords } from './seat-words.ts'

const epochSeconds = 600
const nowMs = new Date('2026-11-22T10:05:00').getTime()
const epoch = Math.floor(nowMs / 1000 / epochSeconds)
const standing: Standing = {
  seat: { fromEpoch: epoch + 1, untilEpoch: null },
  lastEpoch: epoch,
  stakeWei: 0n,
  owedWei: 0n,
  gasWei: 0n,
  caseFeeWei: 0n,
}
const rules = {
  epochSeconds,
  minimumStakeWei: 10n ** 20n,
  minorityBps: 2_000,
} as CourtState['rules']

test('a seat says since when and until when it is drawn', () => {
  expect(seatWords(standing, rules, nowMs)).toMatch(/from the next epoch on \(today, 10:10\)/)
  expect(seatWords({ ...standing, lastEpoch: epoch + 1 }, rules, nowMs)).toMatch(
    /since today, 10:10/,
  )
  expect(seatWords({ ...standing, seat: null }, rules, nowMs)).toMatch(/count nowhere/)
})

test('what it takes is said before a wallet asks', () => {
  expect(seatTerms(rules)).toMatch(
    /100.00 WEFT at stake.*every 10 minutes.*loses 20 %.*fee of every epoch/,
  )
  expect(stepsWords([{ name: 'stake', wei: 10n ** 18n }, { name: 'seat' }])).toBe(
    'Your wallet is asked to put 1.00 WEFT at stake (two transactions) and take the seat.',
  )
  expect(stepsWords([{ name: 'seat' }])).toBe('Your wallet is asked to take the seat.')
})
