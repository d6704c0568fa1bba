/**
 * An answer as it grows: a pure fold over the events of a job.
 * @module
 */
import { costWei, type Job, type Quote } from '@weft/protocol'
import type { AnswerRecord, NodeBill } from '@weft/storage'
import type { GenerateEvent } from './tab.ts'

export function emptyAnswer(
  job: Job,
  { where, grade }: Pick<AnswerRecord, 'where' | 'grade'>,
): AnswerRecord {
  return {
    job,
    nonce: null,
    droppedMessages: null,
    text: '',
    tokens: [],
    fingerprints: [],
    segments: [],
    handovers: [],
    where,
    finishReason: null,
    quote: null,
    receipt: null,
    bills: [],
    firstTokenMs: null,
    decodeMs: 0,
    error: null,
    recheck: null,
    grade,
    check: null,
    quorum: null,
  }
}

/** @param elapsedMs - since the job was sent */
export function foldAnswer(
  answer: AnswerRecord,
  event: GenerateEvent,
  elapsedMs: number,
): AnswerRecord {
  switch (event.type) {
    case 'search-start':
      return event.answer
    case 'queued':
      return answer
    case 'node-chosen':
      return {
        ...answer,
        quote: event.quote,
        nonce: event.nonce,
        // What a lost node has committed to, nobody has signed.
        fingerprints: [],
        droppedMessages: event.droppedMessages,
        bills: event.quote ? [...answer.bills, billOf(event.quote)] : answer.bills,
      }
    case 'cost':
      return changeBill(answer, event.nodePeerId, () => ({ costWei: event.costWei }))
    case 'node-lost': {
      const { nodePeerId: peerId, tokens, text, error } = event
      return {
        ...answer,
        text,
        tokens: answer.tokens.slice(0, tokens),
        segments: answer.segments.filter(({ startToken }) => startToken < tokens),
        handovers: [...answer.handovers, { peerId, tokens, error, gapMs: null }],
      }
    }
    case 'delta':
      return foldDelta(answer, event, elapsedMs)
    case 'quorum':
      return { ...answer, quorum: event.quorum }
    case 'turned':
    case 'end':
      return event.answer
  }
}

function billOf({ nodePeerId: peerId, price, inputTokens }: Quote): NodeBill {
  return { peerId, price, inputTokens, outputTokens: 0, costWei: 0n }
}

function foldDelta(
  answer: AnswerRecord,
  { nodePeerId, tokens, text, fingerprint }: Extract<GenerateEvent, { type: 'delta' }>,
  elapsedMs: number,
): AnswerRecord {
  const begins = answer.handovers.some(({ gapMs }) => gapMs === null)
  const sameNode = answer.segments.at(-1)?.peerId === nodePeerId && !begins
  const startToken = answer.tokens.length
  const startChar = answer.text.length
  const firstTokenMs = answer.firstTokenMs ?? elapsedMs
  const lastTokenMs = answer.firstTokenMs === null ? 0 : answer.firstTokenMs + answer.decodeMs
  return {
    ...changeBill(answer, nodePeerId, (bill) => withTokens(bill, tokens.length)),
    text: answer.text + text,
    tokens: [...answer.tokens, ...tokens],
    fingerprints: fingerprint ? [...answer.fingerprints, fingerprint] : answer.fingerprints,
    segments: sameNode
      ? answer.segments
      : [...answer.segments, { peerId: nodePeerId, startToken, startChar }],
    handovers: answer.handovers.map((each) =>
      each.gapMs === null ? { ...each, gapMs: elapsedMs - lastTokenMs } : each,
    ),
    firstTokenMs,
    decodeMs: elapsedMs - firstTokenMs,
  }
}

/** Of the node that answers now. */
function changeBill(
  answer: AnswerRecord,
  nodePeerId: string,
  change: (bill: NodeBill) => Partial<NodeBill>,
): AnswerRecord {
  const last = answer.bills.at(-1)
  if (last?.peerId !== nodePeerId) return answer
  return { ...answer, bills: [...answer.bills.slice(0, -1), { ...last, ...change(last) }] }
}

function withTokens({ price, inputTokens, outputTokens }: NodeBill, more: number) {
  if (more === 0) return {}
  const counts = { inputTokens, outputTokens: outputTokens + more }
  return { outputTokens: counts.outputTokens, costWei: costWei(price, counts) }
}
