/**
 * A whole, signed answer from another tab, for tests of what is said about one.
 * @module
 */
import type { AnswerRecord } from '@weft/sdk'

const sampleReceipt = { firstToken: 0 } as NonNullable<AnswerRecord['receipt']>

export function sampleAnswer(change: Partial<AnswerRecord> = {}): AnswerRecord {
  return {
    job: {} as AnswerRecord['job'],
    nonce: null,
    droppedMessages: 0,
    text: 'Once',
    tokens: Array(42).fill(1),
    fingerprints: [],
    segments: [{ peerId: 'a', startToken: 0, startChar: 0 }],
    handovers: [],
    bills: [],
    where: 'network',
    finishReason: 'stop',
    quote: null,
    receipt: sampleReceipt,
    firstTokenMs: 312,
    decodeMs: 1000,
    error: null,
    recheck: null,
    grade: 'signed',
    check: null,
    quorum: null,
    ...change,
  }
}
