import type { AnswerRecord, Witness } from '@weft/sdk'
import { expect, test } from 'vitest'
import {
  cutIntoWindows,
  describeRow,
  describeStitch,
  layOutRow,
  type RowAnswer,
} from './stitches.ts'

const signed = { firstToken: 0 } as NonNullable<AnswerRecord['receipt']>

function checkOf(outcome: 'passed' | 'failed') {
  return { state: 'decided', outcome } as NonNullable<AnswerRecord['check']>
}

function answer(tokens: number, change: Partial<RowAnswer> = {}): RowAnswer {
  return {
    tokens: Array.from({ length: tokens }, (_, index) => index),
    segments: tokens > 0 ? [{ peerId: 'a', startToken: 0, startChar: 0 }] : [],
    where: 'network',
    finishReason: null,
    receipt: null,
    recheck: null,
    check: null,
    quorum: null,
    error: null,
    firstTokenMs: 300,
    decodeMs: 1000,
    ...change,
  }
}

test('a receipt kept from before handovers covers the whole answer', () => {
  const receipt = {} as NonNullable<AnswerRecord['receipt']>
  expect(layOutRow(answer(8, { receipt }), false)[0]?.texture).toBe('signed')
})

test('no tokens, no stitches', () => {
  expect(layOutRow(answer(0), true)).toEqual([])
})

test('one stitch per window of 32, the last one shorter', () => {
  const row = layOutRow(answer(80), true)
  expect(row.map(({ start, end }) => [start, end])).toEqual([
    [0, 32],
    [32, 64],
    [64, 80],
  ])
  expect(row.map(({ share }) => share)).toEqual([1, 1, 0.5])
})

test('a change of peer cuts a window, and windows stay aligned to the answer', () => {
  expect(cutIntoWindows(40, 100)).toEqual([
    { start: 40, end: 64 },
    { start: 64, end: 96 },
    { start: 96, end: 100 },
  ])
  const segments = [
    { peerId: 'a', startToken: 0, startChar: 0 },
    { peerId: 'b', startToken: 40, startChar: 0 },
  ]
  const row = layOutRow(answer(64, { segments }), true)
  expect(row.map(({ peerId, start }) => [peerId, start])).toEqual([
    ['a', 0],
    ['a', 32],
    ['b', 40],
  ])
  expect(row[1]?.tone).not.toBe(row[2]?.tone)
})

test('texture follows how far it was checked', () => {
  const textures = (change: Partial<RowAnswer>, streaming = false) =>
    layOutRow(answer(96, change), streaming).map(({ texture }) => texture)
  expect(textures({}, true)).toEqual(['arriving', 'arriving', 'arriving'])
  expect(textures({})).toEqual(['loose', 'loose', 'loose'])
  expect(textures({ receipt: signed })).toEqual(['signed', 'signed', 'signed'])
  expect(textures({ where: 'local' }, true)).toEqual(['local', 'local', 'local'])
  const same = { tokens: 96, firstDifference: null, atMs: 0 }
  expect(textures({ receipt: signed, recheck: same })).toEqual(Array(3).fill('recomputed'))
  const differs = { tokens: 41, firstDifference: 40, atMs: 0 }
  expect(textures({ receipt: signed, recheck: differs })).toEqual(['recomputed', 'torn', 'signed'])
  const found = (outcome: 'passed' | 'failed') => ({ receipt: signed, check: checkOf(outcome) })
  expect(textures(found('passed'))).toEqual(Array(3).fill('verified'))
  expect(textures(found('failed'))).toEqual(Array(3).fill('torn'))
})

test('who was lost on the way has signed nothing', () => {
  const segments = [
    { peerId: 'a', startToken: 0, startChar: 0 },
    { peerId: 'b', startToken: 40, startChar: 0 },
  ]
  const receipt = { firstToken: 40 } as NonNullable<AnswerRecord['receipt']>
  const handed = answer(70, { segments, receipt, finishReason: 'stop' })
  const stitches = layOutRow(handed, false)
  expect(stitches.map(({ start, texture }) => [start, texture])).toEqual([
    [0, 'loose'],
    [32, 'loose'],
    [40, 'signed'],
    [64, 'signed'],
  ])
  expect(describeRow(stitches, handed)).toBe('Served by two peers, partly signed, whole')
})

test('the row in words', () => {
  const whole = answer(40, { receipt: signed, finishReason: 'stop' })
  expect(describeRow(layOutRow(whole, false), whole)).toBe('Served by one peer, signed, whole')
  const local = answer(40, { where: 'local', finishReason: 'cancelled' })
  expect(describeRow(layOutRow(local, false), local)).toBe('Made on this device, stopped')
  const lost = answer(40, { error: { code: 'network/node-lost', message: '', facts: [] } })
  expect(describeRow(layOutRow(lost, false), lost)).toBe('Served by one peer, not signed, cut off')
})

test('a stitch in words', () => {
  const [first, last] = layOutRow(answer(33, { receipt: signed }), false)
  expect(first && describeStitch(first)).toBe('tokens 1 to 32, after about 1.3 s, signed')
  expect(last && describeStitch(last)).toBe('token 33, after about 1.3 s, signed')
})

test('a quorum: double where another tab says the same, torn where it parts', () => {
  const witness = (tokens: number, partsAt: number | null) =>
    ({ answer: answer(tokens), partsAt }) as unknown as Witness
  const textures = (witnesses: Witness[], change: Partial<RowAnswer> = {}) =>
    layOutRow(
      answer(96, { receipt: signed, quorum: { size: 3, witnesses }, ...change }),
      false,
    ).map(({ texture }) => texture)
  expect(textures([witness(96, null)])).toEqual(['double', 'double', 'double'])
  expect(textures([witness(70, null)])).toEqual(['double', 'double', 'signed'])
  expect(textures([witness(96, 40)])).toEqual(['double', 'torn', 'signed'])
  expect(textures([witness(96, 40), witness(96, null)])).toEqual(['double', 'torn', 'double'])
  const check = checkOf('passed')
  expect(textures([witness(96, 40)], { check })).toEqual(['verified', 'verified', 'verified'])
})
