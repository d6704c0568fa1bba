import type { Receipt, Thresholds } from '@weft/protocol'
import { describe, expect, test } from 'vitest'
import type { Likeness } from './fingerprint.ts'
import { verify } from './verify.ts'

const thresholds: Thresholds = {
  marginClip: 0.02,
  fingerprint: { leastAlike: 0.9, mostMantissa: 1 },
  windows: [
    { tokens: 32, suspicious: 0.001, failed: 0.002 },
    { tokens: 128, suspicious: 0.0005, failed: 0.001 },
  ],
}

const answer = Array.from({ length: 200 }, (_, token) => token)

/** Of an answer whose margins are 0 but for these. */
function scored(changes: Record<number, number>, ended = true) {
  const margins = new Float64Array(answer.length + (ended ? 1 : 0))
  for (const [index, margin] of Object.entries(changes)) margins[Number(index)] = margin
  const chosen = Uint32Array.from(margins, (_, index) => answer[index] ?? 2)
  return { inputTokens: 12, choices: { margins, chosen }, likenesses: [] as Likeness[] }
}

const receipt = {
  firstToken: 0,
  outputTokens: 200,
  inputTokens: 12,
  finishReason: 'stop' as Receipt['finishReason'],
}
const room = { maxTokens: 300, contextTokens: 512 }
const find = (changes: Record<number, number>, changed: Partial<typeof receipt> = {}) =>
  verify({ ...room, receipt: { ...receipt, ...changed }, answer }, scored(changes), thresholds)

describe('a finding', () => {
  test('of an answer that the model would give', () => {
    const finding = find({})
    expect(finding.outcome).toBe('passed')
    expect(finding.sentence).toBe('All 201 choices are the model’s own.')
    expect(finding.margins).toHaveLength(201)
    expect(finding.chosen[199]).toBe(199)
  })

  test('of rounding, of an edge, and of a cheat', () => {
    expect(find({ 3: 1e-4 }).outcome).toBe('passed')
    expect(find({ 3: Number.POSITIVE_INFINITY }).outcome).toBe('passed')
    expect(find({ 3: 1, 30: 1 }).outcome).toBe('suspicious')
    const failed = find({ 60: 1, 70: 0.5, 80: 3, 91: Number.POSITIVE_INFINITY })
    expect(failed.outcome).toBe('failed')
    expect(failed.worst).toMatchObject({ start: 60, tokens: 32 })
    expect(failed.sentence).toMatch(/^Tokens 61 to 92 are 0.0025 logits from/)
  })

  test('blames a node for its own tokens, its end among them, and no others', () => {
    const before = { 10: 1, 20: 1, 30: 1, 40: 1 }
    const mine = { firstToken: 100, outputTokens: 100 }
    expect(find(before).outcome).toBe('failed')
    expect(find(before, mine).outcome).toBe('passed')
    expect(find(before, mine).margins).toHaveLength(101)
    expect(find({ 190: 1, 195: 1, 199: 1, 200: 1 }, mine).outcome).toBe('failed')
  })

  test('of a fingerprint of something else, which alone accuses nobody', () => {
    const own = { values: 128, alike: 127, meanMantissa: 0.1 }
    const other = { values: 128, alike: 90, meanMantissa: 9 }
    const findWith = (likenesses: Likeness[], changes: Record<number, number> = {}) =>
      verify({ ...room, receipt, answer }, { ...scored(changes), likenesses }, thresholds)
    expect(findWith([own, own]).outcome).toBe('passed')
    expect(findWith([own, other])).toMatchObject({
      outcome: 'suspicious',
      sentence: expect.stringMatching(/^It carries the fingerprint/),
    })
    const rare = { 3: 1, 30: 1 }
    expect(findWith([own, other], rare)).toMatchObject({
      outcome: 'failed',
      sentence: expect.stringContaining('fingerprints of its computation are not this model’s'),
    })
    expect(findWith([own, own], rare)).toMatchObject({
      outcome: 'suspicious',
      sentence: expect.stringContaining('though its fingerprints are this model’s'),
    })
  })

  test('of a prompt of another length than was billed', () => {
    expect(find({}, { inputTokens: 13 })).toMatchObject({
      outcome: 'failed',
      sentence: 'The node says that it read 13 tokens; the conversation has 12.',
    })
  })

  test('of an answer that says that it ran out of room', () => {
    const full = (outputTokens: number, inputTokens = 12) => {
      const cut = { ...receipt, outputTokens, inputTokens, finishReason: 'length' as const }
      const tokens = answer.slice(0, outputTokens)
      const margins = new Float64Array(outputTokens)
      const score = { inputTokens, choices: { margins, chosen: Uint32Array.from(tokens) } }
      const judged = { ...room, maxTokens: 200, receipt: cut, answer: tokens }
      return verify(judged, { ...score, likenesses: [] }, thresholds)
    }
    expect(full(200).outcome).toBe('passed')
    expect(full(199)).toMatchObject({
      outcome: 'failed',
      sentence: 'The node says that there was room for no more than 199 tokens; there was.',
    })
    expect(full(199, 313).outcome).toBe('passed')
  })

  test.each([
    ['no choices', { ...scored({}), choices: null }, receipt],
    ['too few', scored({}, false), { ...receipt, outputTokens: 201 }],
    ['another part', scored({}), { ...receipt, firstToken: 1 }],
  ])('is refused of what does not belong together: %s', (_name, score, about) => {
    expect(() => verify({ ...room, receipt: about, answer }, score, thresholds)).toThrow(
      expect.objectContaining({ code: 'verification/bad-score' }),
    )
  })
})
