/**
 * Measured margins to limits, and to how often those are right.
 * @module
 */
import { type Thresholds, tokensPerWindow } from '@weft/protocol'
import {
  areaUnderCurve,
  type ChooseInit,
  chooseThresholds,
  type DrawInit,
  drawSeverities,
  shareFound,
} from '@weft/verification'

export type HonestPair = { made: string; read: string; margins: Float64Array[] }

export type PairFacts = {
  made: string
  read: string
  answers: number
  tokens: number
  /** Stretches of 32 in a row, overlapping. */
  windows: number
  /** Choices that the reader would not have made. */
  different: number
  /** Of them, outside S_t. */
  outside: number
  /** Finite. */
  largest: number
}

export type Honest = {
  thresholds: Thresholds
  pairs: PairFacts[]
  /** Of each pair; every answer has `tokens`. */
  drawn: { answers: number; tokens: number }
  /** Share of drawn answers, of the worst pair. */
  failed: number
  suspicious: number
}

export function measureHonest(pairs: readonly HonestPair[], init: ChooseInit): Honest {
  const margins = pairs.map((pair) => pair.margins)
  const thresholds = chooseThresholds(margins, init)
  const worst = (by: 'failed' | 'suspicious') =>
    Math.max(
      ...margins.map((each) => shareFound(drawSeverities(each, thresholds, { ...init, by }))),
    )
  return {
    thresholds,
    pairs: pairs.map(factsOf),
    drawn: { answers: init.trials, tokens: init.tokens },
    failed: worst('failed'),
    suspicious: worst('suspicious'),
  }
}

function factsOf({ made, read, margins }: HonestPair): PairFacts {
  const all = margins.flatMap((each) => [...each])
  const windows = margins.map(({ length }) => Math.max(0, length - tokensPerWindow + 1))
  return {
    made,
    read,
    answers: margins.length,
    tokens: all.length,
    windows: windows.reduce((sum, each) => sum + each, 0),
    different: all.filter((margin) => margin > 0).length,
    outside: all.filter((margin) => margin === Number.POSITIVE_INFINITY).length,
    largest: Math.max(0, ...all.filter(Number.isFinite)),
  }
}

/** After so many tokens: the share that fails, and the area under the ROC curve against honest ones. */
export type Found = { tokens: number; found: number; area: number }

export type CheatFacts = {
  name: string
  description: string
  answers: number
  /** Share of its choices that the model would not have made. */
  different: number
  byTokens: Found[]
}

const lengths = [8, 16, 32, 64, 96, 128, 192, 256, 300]
/** Enough for three nines. */
const cheatTrials = 10_000

type CheatInit = { name: string; description: string; margins: readonly (readonly number[])[] }

export function measureCheat(
  { name, description, margins }: CheatInit,
  pairs: readonly HonestPair[],
  { thresholds, ...init }: DrawInit & { thresholds: Thresholds },
): CheatFacts {
  const cheat = margins.map((each) => Float64Array.from(each))
  const all = margins.flat()
  const draws = { ...init, by: 'failed' as const, trials: Math.min(init.trials, cheatTrials) }
  const byTokens = lengths
    .filter((tokens) => tokens <= init.tokens)
    .map((tokens) => {
      const drawn = drawSeverities(cheat, thresholds, { ...draws, tokens })
      // Of all pairs, that which is hardest to tell from it.
      const areas = pairs.map((pair) =>
        areaUnderCurve(drawSeverities(pair.margins, thresholds, { ...draws, tokens }), drawn),
      )
      return { tokens, found: shareFound(drawn), area: Math.min(...areas) }
    })
  const different = all.filter((margin) => margin > 0).length / all.length
  return { name, description, answers: cheat.length, different, byTokens }
}
