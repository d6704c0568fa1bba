import type { Outcome } from '@weft/protocol'
import type { AnswerRecord, CheckRecord, Opinion } from '@weft/sdk'
import { expect, test } from 'vitest'
import { sampleAnswer } from './sample-answer.ts'
import {
  formatBytes,
  formatRate,
  formatSeconds,
  shortPeerId,
  summarize,
  summaryLine,
} from './summary.ts'

function line(change: Partial<AnswerRecord>, streaming = false): string {
  const record = sampleAnswer(change)
  return summaryLine(summarize(record, streaming), record)
}

test('a whole signed answer', () => {
  expect(line({})).toBe('1 peer · 41 tok/s · 0.3 s to first token · signed · free')
})

test('while it streams', () => {
  const streaming = { receipt: null, finishReason: null }
  expect(line(streaming, true)).toBe('1 peer · 41 tok/s · 0.3 s to first token · arriving · free')
  expect(summarize(sampleAnswer(streaming), true).finish).toBe('')
})

test('a local answer names no peer and no price', () => {
  expect(line({ where: 'local', receipt: null })).toBe(
    'this device · 41 tok/s · 0.3 s to first token',
  )
  expect(summarize(sampleAnswer({ where: 'local' }), false).peers).toBe(0)
})

test('ends that are not whole', () => {
  const error = { code: 'network/node-lost', message: '', facts: [] }
  expect(line({ error, receipt: null, finishReason: null })).toContain('cut off · not signed')
  expect(line({ receipt: null, finishReason: null })).toContain('interrupted · not signed')
  expect(line({ finishReason: 'length' })).toContain('length limit reached · signed')
})

test('a recheck is said', () => {
  const atMs = 0
  expect(line({ recheck: { tokens: 42, firstDifference: null, atMs } })).toContain(
    'checked on this device',
  )
  expect(line({ recheck: { tokens: 7, firstDifference: 6, atMs } })).toContain('differs at token 7')
})

test('a check is said, under way and decided', () => {
  const by = (outcome: Outcome) => ({ outcome }) as Opinion
  const check = (change: Partial<CheckRecord>) =>
    line({ check: { state: 'decided', lot, opinions: [], outcome: null, error: null, ...change } })
  const lot = { isSampled: true, drawn: null }
  expect(check({ state: 'waiting', lot: null })).toContain(' · signed · ')
  expect(check({ state: 'waiting' })).toContain('signed, being checked')
  expect(check({ state: 'spared' })).toContain(' · signed · ')
  const one = [by('passed')]
  expect(check({ outcome: 'passed', opinions: one })).toContain('checked by another tab')
  const lone = [by('failed')]
  expect(check({ state: 'waiting', outcome: 'suspicious', opinions: lone })).toContain(
    'doubtful, being checked',
  )
  const most = [by('failed'), by('passed'), by('failed')]
  expect(check({ outcome: 'failed', opinions: most })).toContain('false by 2 tabs')
})

test('a quorum is said, live and at its end', () => {
  const quorum = (...partings: (number | null)[]) => ({
    size: partings.length + 1,
    witnesses: partings.map((partsAt) => ({ answer: sampleAnswer(), partsAt })),
  })
  expect(line({ quorum: quorum() })).toContain(' · signed · ')
  expect(line({ quorum: quorum(null, null) })).toContain('the same from 3 tabs')
  const dead = { answer: sampleAnswer({ tokens: [], receipt: null }), partsAt: null }
  expect(line({ quorum: { size: 2, witnesses: [dead] } })).toContain(' · signed · ')
  expect(line({ quorum: quorum(null, 40), receipt: null }, true)).toContain('tabs part at token 41')
})

test('no speed from a few tokens', () => {
  expect(line({ tokens: [1, 2] })).not.toContain('tok/s')
})

test('figures', () => {
  expect(formatRate(4.26)).toBe('4.3')
  expect(formatRate(1234.5)).toBe('1,235')
  expect(formatSeconds(42)).toBe('0.04 s')
  expect(formatSeconds(12_345)).toBe('12 s')
  expect(formatBytes(3_130_000)).toBe('3.1 MB')
  expect(shortPeerId('16Uiu2HAmQzX7cB9example')).toBe('16Uiu2…xample')
})
