/**
 * The one line under an answer, for people and, as numbers, for machines.
 * @module
 */
import type { AnswerRecord, CheckRecord, QuorumRecord } from '@weft/sdk'
import { weft } from '../money/amounts.ts'
import { billWei } from '../money/bill.ts'
import { englishSummary, type SummaryWords } from './summary-words.ts'

export type Summary = {
  /** Empty while it streams; `failed` and `interrupted` beside the reasons of the protocol. */
  finish: '' | 'stop' | 'length' | 'cancelled' | 'failed' | 'interrupted'
  tokens: number
  /** Other tabs that made tokens of it: 0 for a local answer. */
  peers: number
  firstTokenMs: number | null
  tokensPerSecond: number | null
  where: AnswerRecord['where']
}

/** Below this the clock's own noise is larger than the speed. */
const minTokensForSpeed = 4

export function summarize(answer: AnswerRecord, streaming: boolean): Summary {
  const { tokens, decodeMs, where, firstTokenMs, segments } = answer
  const fast = tokens.length >= minTokensForSpeed && decodeMs > 0
  return {
    finish: finishOf(answer, streaming),
    tokens: tokens.length,
    peers: where === 'local' ? 0 : new Set(segments.map(({ peerId }) => peerId)).size,
    firstTokenMs,
    tokensPerSecond: fast ? ((tokens.length - 1) * 1000) / decodeMs : null,
    where,
  }
}

function finishOf({ finishReason, error }: AnswerRecord, streaming: boolean): Summary['finish'] {
  if (streaming) return ''
  if (error) return 'failed'
  return finishReason ?? 'interrupted'
}

/** e.g. `1 peer · 41 tok/s · 0.3 s to first token · signed · free` */
export function summaryLine(
  summary: Summary,
  answer: AnswerRecord,
  words: SummaryWords = englishSummary,
): string {
  const { where, peers, tokensPerSecond, firstTokenMs, finish } = summary
  const who = where === 'local' ? words.thisDevice : peers > 0 && words.peers(peers)
  const speed = tokensPerSecond !== null && words.speed(formatRate(tokensPerSecond))
  const first = firstTokenMs !== null && words.first(formatSeconds(firstTokenMs))
  const end = words.ends[finish]
  const check = checkWord(answer, finish, words)
  const parts = [who, speed, first, end, check, costWord(answer, words)]
  return parts.filter(Boolean).join(' · ')
}

function costWord(answer: AnswerRecord, words: SummaryWords): string | false {
  const wei = billWei(answer)
  if (wei > 0n) return words.cost(weft(wei))
  return answer.where === 'network' && words.free
}

function checkWord(
  { recheck, check, receipt, where, quorum }: AnswerRecord,
  finish: Summary['finish'],
  words: SummaryWords,
): string | false {
  if (recheck && recheck.firstDifference !== null) return words.differs(recheck.firstDifference + 1)
  if (recheck) return words.checkedHere
  const parting = quorum && partingWords(quorum, words)
  if (parting && !check?.outcome) return parting
  if (check?.outcome) return checkWords(check, words)
  if (check?.state === 'waiting' && check.lot) return words.signedWaiting
  if (where === 'local') return false
  if (receipt) return receipt.firstToken > 0 ? words.partlySigned : words.signed
  return finish === '' ? words.arriving : words.notSigned
}

/** Empty where nobody else said anything. */
function partingWords({ witnesses }: QuorumRecord, words: SummaryWords): string {
  const partings = witnesses.flatMap(({ partsAt }) => partsAt ?? [])
  if (partings.length > 0) return words.part(Math.min(...partings) + 1)
  const same = witnesses.filter(({ answer }) => answer.tokens.length > 0).length
  return same > 0 ? words.same(same + 1) : ''
}

function checkWords({ state, outcome, opinions }: CheckRecord, words: SummaryWords): string {
  if (state === 'waiting') return words.doubtfulWaiting
  const agree = opinions.filter((each) => each.outcome === outcome).length
  if (outcome === 'passed') return words.passedBy(agree)
  return outcome === 'failed' ? words.failedBy(agree) : words.doubtful
}

export function count(value: number, unit: string): string {
  return `${value.toLocaleString('en')} ${unit}${value === 1 ? '' : 's'}`
}

/** Two significant digits below ten, whole above. */
export function formatRate(perSecond: number): string {
  return perSecond < 9.95 ? perSecond.toFixed(1) : Math.round(perSecond).toLocaleString('en')
}

export function formatSeconds(milliseconds: number): string {
  const seconds = milliseconds / 1000
  return seconds < 9.95
    ? `${seconds.toFixed(seconds < 0.095 ? 2 : 1)} s`
    : `${Math.round(seconds)} s`
}

/** Decimal units, as download sizes are usually given; three digits at most. */
export function formatBytes(bytes: number): string {
  if (bytes < 999.5e3) return `${Math.ceil(bytes / 1e3)} kB`
  const [value, unit] = bytes < 999.5e6 ? [bytes / 1e6, 'MB'] : [bytes / 1e9, 'GB']
  return `${value < 99.95 ? value.toFixed(1) : Math.round(value)} ${unit}`
}

/** PeerIds share their beginning; the end tells them apart. */
export function shortPeerId(peerId: string): string {
  return peerId.length <= 14 ? peerId : `${peerId.slice(0, 6)}…${peerId.slice(-6)}`
}
