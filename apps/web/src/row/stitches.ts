/**
 * An answer as one woven row: one stitch per window of 32 tokens, cut where the peer changes.
 * @module
 */
import { tokensPerWindow } from '@weft/protocol'
import type { AnswerRecord } from '@weft/sdk'
import { type Tone, tonesOf } from './tones.ts'

/**
 * How far a stitch was checked. `arriving`: unsigned so far; `signed`: the receipt covers it;
 * `recomputed`: this device computed the same tokens; `verified`: another tab did; `double`: another tab said the
 * same at the same time; `torn`: one of them computed others; `loose`: it ended without a receipt; `local`: made on
 * this device.
 */
type Texture =
  | 'arriving'
  | 'signed'
  | 'recomputed'
  | 'verified'
  | 'double'
  | 'torn'
  | 'loose'
  | 'local'

export type Stitch = {
  peerId: string
  tone: Tone
  texture: Texture
  /** Positions in the answer: first and one past the last. */
  start: number
  end: number
  /** Part of a whole window, 0 to 1. */
  share: number
  /** From sending to its last token, by the mean speed of the answer; null before the first. */
  endsAtMs: number | null
}

export type RowAnswer = Pick<
  AnswerRecord,
  | 'tokens'
  | 'segments'
  | 'where'
  | 'finishReason'
  | 'receipt'
  | 'recheck'
  | 'check'
  | 'quorum'
  | 'error'
  | 'firstTokenMs'
  | 'decodeMs'
>

/** @param streaming - false for an answer without an end that nobody is making any more */
export function layOutRow(answer: RowAnswer, streaming: boolean): Stitch[] {
  const total = answer.tokens.length
  const tones = tonesOf(answer.segments.map(({ peerId }) => peerId))
  return answer.segments.flatMap(({ peerId, startToken }, index) => {
    const endToken = answer.segments[index + 1]?.startToken ?? total
    return cutIntoWindows(startToken, endToken).map(({ start, end }) => ({
      peerId,
      tone: tones.get(peerId) ?? 0,
      texture: textureOf(answer, { start, end }, streaming),
      start,
      end,
      share: (end - start) / tokensPerWindow,
      endsAtMs: timeOf(answer, end),
    }))
  })
}

/** Windows begin at multiples of 32 tokens of the whole answer, whoever made them. */
export function cutIntoWindows(from: number, to: number): { start: number; end: number }[] {
  const windows: { start: number; end: number }[] = []
  for (let start = from; start < to; ) {
    const end = Math.min(to, (Math.floor(start / tokensPerWindow) + 1) * tokensPerWindow)
    windows.push({ start, end })
    start = end
  }
  return windows
}

function textureOf(
  { where, receipt, recheck, check, quorum }: RowAnswer,
  { start, end }: { start: number; end: number },
  streaming: boolean,
): Texture {
  // Who was lost on the way has signed nothing. A receipt from before handovers covers all.
  const isSigned = receipt !== null && start >= (receipt.firstToken ?? 0)
  if (recheck) {
    const { firstDifference, tokens } = recheck
    if (firstDifference !== null && firstDifference < end) {
      return firstDifference >= start ? 'torn' : unchecked(where, isSigned, streaming)
    }
    if (end <= tokens) return 'recomputed'
  }
  if (check && check.state !== 'waiting' && isSigned) {
    if (check.outcome === 'passed') return 'verified'
    if (check.outcome === 'failed') return 'torn'
  }
  return compared(quorum, { start, end }) ?? unchecked(where, isSigned, streaming)
}

/** Null where nobody else answered so far. */
function compared(
  quorum: RowAnswer['quorum'],
  { start, end }: { start: number; end: number },
): Texture | null {
  const witnesses = quorum?.witnesses ?? []
  const isParting = witnesses.some(
    ({ partsAt }) => partsAt !== null && partsAt >= start && partsAt < end,
  )
  if (isParting) return 'torn'
  const isSame = witnesses.some(
    ({ partsAt, answer }) => answer.tokens.length >= end && (partsAt ?? end) >= end,
  )
  return isSame ? 'double' : null
}

function unchecked(where: RowAnswer['where'], signed: boolean, streaming: boolean): Texture {
  if (where === 'local') return 'local'
  if (signed) return 'signed'
  return streaming ? 'arriving' : 'loose'
}

function timeOf({ tokens, firstTokenMs, decodeMs }: RowAnswer, end: number): number | null {
  if (firstTokenMs === null) return null
  const steps = Math.max(tokens.length - 1, 1)
  return firstTokenMs + (decodeMs * (end - 1)) / steps
}

/** What a row says of itself. */
export type RowWords = {
  textures: Record<Texture, string>
  /** @param from - counted from 1. @param seconds - as English writes it */
  tokens(from: number, to: number): string
  after(seconds: string): string
  madeHere: string
  servedBy(peers: number): string
  partlySigned: string
  arriving: string
  ends: Record<'whole' | 'length' | 'stopped' | 'cutOff', string>
}

export const englishRow: RowWords = {
  textures: {
    arriving: 'arriving, not signed yet',
    signed: 'signed',
    recomputed: 'checked on this device',
    verified: 'checked by another tab',
    double: 'the same from several tabs',
    torn: 'another tab says otherwise',
    loose: 'not signed',
    local: 'made on this device',
  },
  tokens: (from, to) => (from === to ? `token ${to}` : `tokens ${from} to ${to}`),
  after: (seconds) => `after about ${seconds} s`,
  madeHere: 'Made on this device',
  servedBy: (peers) =>
    `Served by ${['no', 'one', 'two'][peers] ?? peers} peer${peers === 1 ? '' : 's'}`,
  partlySigned: 'partly signed',
  arriving: 'arriving',
  ends: {
    whole: 'whole',
    length: 'cut at the length limit',
    stopped: 'stopped',
    cutOff: 'cut off',
  },
}

/** What a stitch says when it is pointed at. */
export function describeStitch(stitch: Stitch, words = englishRow): string {
  const { start, end, texture, endsAtMs } = stitch
  const after = endsAtMs !== null && words.after((endsAtMs / 1000).toFixed(1))
  return [words.tokens(start + 1, end), after, words.textures[texture]].filter(Boolean).join(', ')
}

/** The row in words, for a reader who does not see it. */
export function describeRow(
  stitches: readonly Stitch[],
  answer: RowAnswer,
  words = englishRow,
): string {
  const peers = new Set(stitches.map(({ peerId }) => peerId)).size
  const textures = new Set(stitches.map(({ texture }) => texture))
  const who = answer.where === 'local' ? words.madeHere : words.servedBy(peers)
  return [who, checkWords(textures, words), endWords(answer, words)].filter(Boolean).join(', ')
}

/** What counts most of its stitches. */
function checkWords(has: ReadonlySet<Texture>, words: RowWords): string {
  const most = (['torn', 'recomputed', 'verified', 'double'] as const).find((each) => has.has(each))
  if (most) return words.textures[most]
  if (has.has('signed')) return has.has('loose') ? words.partlySigned : words.textures.signed
  if (has.has('arriving')) return words.arriving
  return has.has('local') ? '' : words.textures.loose
}

function endWords({ finishReason, error }: RowAnswer, { ends }: RowWords): string {
  if (finishReason === 'stop') return ends.whole
  if (finishReason === 'length') return ends.length
  if (finishReason === 'cancelled') return ends.stopped
  return error ? ends.cutOff : ''
}
