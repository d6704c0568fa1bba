/**
 * A node lost in mid-answer, in words.
 * @module
 */
import type { AnswerRecord, Handover } from '@weft/sdk'
import { count, formatSeconds, shortPeerId } from '../row/summary.ts'

/** e.g. `After 41 tokens 12D3Ko…a8fQ2x stopped; the next tab went on after 0.6 s.` */
export function handoverSentence({ peerId, tokens, error, gapMs }: Handover): string {
  if (error.code === 'sdk/found-false') {
    return `${shortPeerId(peerId)} was found to answer falsely, so its part was taken back.`
  }
  if (isFalseReceipt(error.code)) {
    const then = gapMs === null ? 'nobody else answered' : 'another one answered instead'
    return `${shortPeerId(peerId)} signed a false receipt, so its part was taken back; ${then}.`
  }
  const when = tokens === 0 ? 'Before the first token' : `After ${count(tokens, 'token')}`
  const then =
    gapMs === null ? 'nobody went on' : `the next tab went on after ${formatSeconds(gapMs)}`
  return `${when} ${shortPeerId(peerId)} stopped; ${then}.`
}

type HandedOver = Pick<AnswerRecord, 'handovers' | 'segments'>

/** For all of an answer together, short enough to stand under it; empty without any. */
export function handoverNote({ handovers, segments }: HandedOver): string {
  const [first] = handovers
  if (!first || first.gapMs === null) return ''
  if (handovers.length > 1) {
    return `${handovers.length} tabs stopped on the way. Each time another went on from there.`
  }
  if (first.error.code === 'sdk/found-false') {
    return 'The first tab was found to answer falsely, so its part was taken back. Another one answered.'
  }
  if (isFalseReceipt(first.error.code)) {
    return 'The first tab signed a false receipt, so its part was taken back. Another one answered.'
  }
  if (first.peerId === segments.at(-1)?.peerId) {
    return first.tokens === 0
      ? 'The line to the tab was cut before it began. It answered all the same.'
      : `The line to the tab was cut after ${count(first.tokens, 'token')}. It went on from there, ${formatSeconds(first.gapMs)} later.`
  }
  return first.tokens === 0
    ? 'The first tab stopped before it began. Another one answered.'
    : `The first tab stopped after ${count(first.tokens, 'token')}. Another went on from there, ${formatSeconds(first.gapMs)} later.`
}

function isFalseReceipt(code: string): boolean {
  return code === 'protocol/receipt' || code === 'protocol/signature'
}
