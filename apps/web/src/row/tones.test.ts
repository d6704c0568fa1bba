import { expect, test } from 'vitest'
import { toneNames, toneOf, tonesOf } from './tones.ts'

const peers = Array.from({ length: 40 }, (_, index) => `16Uiu2HAm${index * 7919}`)

test('a peer keeps its tone', () => {
  for (const peer of peers) {
    expect(toneOf(peer)).toBe(toneOf(peer))
    expect(tonesOf([peer]).get(peer)).toBe(toneOf(peer))
  }
})

test('all tones are used', () => {
  expect(new Set(peers.map(toneOf)).size).toBeGreaterThan(8)
})

test('up to twelve peers of one answer all differ', () => {
  const twelve = peers.slice(0, toneNames.length)
  expect(new Set(tonesOf(twelve).values()).size).toBe(toneNames.length)
})

test('different peers side by side never look alike, even with more peers than tones', () => {
  const tones = tonesOf(peers)
  for (const [index, peer] of peers.slice(1).entries()) {
    expect(tones.get(peer)).not.toBe(tones.get(peers[index] ?? ''))
  }
})

test('a peer that returns has the tone it had', () => {
  expect(tonesOf(['a', 'b', 'a']).size).toBe(2)
})
