import type { Handover } from '@weft/sdk'
import { expect, test } from 'vitest'
import { handoverNote, handoverSentence } from './handover-words.ts'

const lost: Handover = {
  peerId: '16Uiu2HAmT4dfoBenesJyQuhNkX8eBQ7wifZ86LhTXM9S3mU2aNWB',
  tokens: 41,
  error: { code: 'network/node-lost', message: '', facts: [] },
  gapMs: 640,
}

const note = (handovers: Handover[], peerId = 'another') =>
  handoverNote({ handovers, segments: [{ peerId, startToken: 41, startChar: 0 }] })

test('one handover: where, and how long it took', () => {
  expect(note([lost])).toBe(
    'The first tab stopped after 41 tokens. Another went on from there, 0.6 s later.',
  )
  expect(handoverSentence(lost)).toBe(
    'After 41 tokens 16Uiu2…U2aNWB stopped; the next tab went on after 0.6 s.',
  )
})

test('before the first token, several, none, and one that nobody took', () => {
  expect(note([{ ...lost, tokens: 0 }])).toMatch('before it began')
  expect(note([lost, lost])).toMatch('2 tabs stopped')
  expect(note([])).toBe('')
  expect(note([{ ...lost, gapMs: null }])).toBe('')
  expect(handoverSentence({ ...lost, gapMs: null })).toMatch('nobody went on')
})

test('a false receipt took what it was for with it', () => {
  const error = { code: 'protocol/receipt', message: '', facts: [] }
  expect(note([{ ...lost, error }])).toMatch('its part was taken back')
  expect(handoverSentence({ ...lost, error })).toMatch('another one answered instead')
  expect(handoverSentence({ ...lost, error, gapMs: null })).toMatch('nobody else answered')
})

test('the same tab went on: its line was cut, and it did not stop', () => {
  expect(note([lost], lost.peerId)).toBe(
    'The line to the tab was cut after 41 tokens. It went on from there, 0.6 s later.',
  )
  expect(note([{ ...lost, tokens: 0 }], lost.peerId)).toMatch('before it began')
})
