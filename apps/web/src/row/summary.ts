/**
 * The one line under an answer, for people and, as numbers, for machines.
 * @module
 */
import type { AnswerRecord, CheckRecord, QuorumRecord } from '@weft/sdk'
import { weft } from '../money/amounts.ts'
import { billWei } from '../money/bill.ts'

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
export function summaryLine(summary: Summary, answer: AnswerRecord): string {
  const { where, peers, tokensPerSecond, firstTokenMs, finish } = summary
  const who = where === 'local' ? 'this device' : peers > 0 && count(peers, 'peer')
  const speed = tokensPerSecond !== null && `${formatRate(tokensPerSecond)} tok/s`
  const first = firstTokenMs !== null && `${formatSeconds(firstTokenMs)} to first token`
  const end = endWords[finish]
  const parts = [who, speed, first, end, checkWord(answer, finish), costWord(answer)]
  return parts.filter(Boolean).join(' · ')
}

const endWords: Record<Summary['finish'], string> = {
  '': '',
  stop: '',
  length: 'length limit reached',
  cancelled: 'stopped',
  failed: 'cut off',
  interrupted: 'interrupted',
}

function costWord(answer: AnswerRecord): string | false {
  const wei = billWei(answer)
  if (wei > 0n) return weft(wei)
  return answer.where === 'network' && 'free'
}

function checkWord(
  { recheck, check, receipt, where, quorum }: AnswerRecord,
  finish: Summary['finish'],
): string | false {
  if (recheck && recheck.firstDifference !== null) {
    return `differs at token ${recheck.firstDifference + 1}`
  }
  if (recheck) return 'checked on this device'
  const parting = quorum && partingWords(quorum)
  if (parting && !check?.outcome) return parting
  if (check?.outcome) return checkWords(check)
  if (check?.state === 'waiting' && check.lot) return 'signed, being checked'
  if (where === 'local') return false
  if (receipt) return receipt.firstToken > 0 ? 'partly signed' : 'signed'
  return finish === '' ? 'arriving' : 'not signed'
}

/** Empty where nobody else said anything. */
function partingWords({ witnesses }: QuorumRecord): string {
  const partings = witnesses.flatMap(({ partsAt }) => partsAt ?? [])
  if (partings.length > 0) return `tabs part at token ${Math.min(...partings) + 1}`
  const same = witnesses.filter(({ answer }) => answer.tokens.length > 0).length
  return same > 0 ? `the same from ${same + 1} tabs` : ''
}

function checkWords({ state, outcome, opinions }: CheckRecord): string {
  if (state === 'waiting') return 'doubtful, being checked'
  const agree = opinions.filter((each) => each.outcome === outcome).length
  const by = agree === 1 ? 'another tab' : `${agree} tabs`
  if (outcome === 'passed') return `checked by ${by}`
  return outcome === 'failed' ? `false by ${by}` : 'doubtful by a check'
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
