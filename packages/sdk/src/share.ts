/**
 * An answer of this tab as it is handed to somebody else, and one of somebody else as this tab shows its own.
 * @module
 */
import { type SharedAnswer, WeftError } from '@weft/protocol'
import type { AnswerRecord } from '@weft/storage'
import { emptyAnswer } from './answer.ts'

/**
 * Without what other tabs said of it: whoever shares it could have signed that.
 * @throws WeftError `sdk/nothing-to-share` for an answer that nobody has signed
 */
export function toShared({
  job,
  nonce,
  tokens,
  text,
  fingerprints,
  segments,
  receipt,
}: AnswerRecord): SharedAnswer {
  if (!nonce || !receipt) {
    throw new WeftError(
      'sdk/nothing-to-share',
      'Nobody has signed for this answer, so there is nothing that somebody else could check.',
    )
  }
  const { nodePeerId: peerId, firstToken: startToken } = receipt
  // Who had only the end to say has made no part of it.
  const last = segments.at(-1)
  const isPart = last?.peerId === peerId && last.startToken === startToken
  const all = isPart ? segments : [...segments, { peerId, startToken, startChar: text.length }]
  return { version: 1, job, nonce, tokens, text, fingerprints, segments: all, receipt }
}

/** @param shared - that has passed `checkSharedAnswer` */
export function fromShared({
  job,
  nonce,
  tokens,
  text,
  fingerprints,
  segments,
  receipt,
}: SharedAnswer): AnswerRecord {
  const { nodePeerId: peerId, finishReason, decodeMs } = receipt
  const { price, inputTokens, outputTokens, costWei } = receipt
  const bills = [{ peerId, price, inputTokens, outputTokens, costWei }]
  const made = {
    nonce,
    tokens,
    text,
    fingerprints,
    segments,
    receipt,
    finishReason,
    decodeMs,
    bills,
  }
  return { ...emptyAnswer(job, { where: 'network', grade: 'signed' }), ...made }
}
