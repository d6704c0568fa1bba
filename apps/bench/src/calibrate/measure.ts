/**
 * Measured margins to limits, and to how often those are right.
 * @module
 */
import { type Thresholds, tokensPerWindow } from '@weft/protocol'
import {
  areaUnderCurve,
  type ChooseInit,
  chooseFingerprintLimits,
  chooseMarginLimits,
  type DrawInit,
  drawSeverities,
  isAlike,
  type Likeness,
  shareFound,
} from '@weft/verification'
import type { Reading } from './claims.ts'

export type HonestPair = { made: string; read: string; readings: readonly Reading[] }

type PairFacts = {
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
  /** Fingerprints, the share of values that agree in the worst, and the largest mean of mantissas. */
  fingerprints: number
  leastAlike: number | null
  mostMantissa: number | null
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
  const margins = pairs.map(({ readings }) => marginsOf(readings))
  const limits = chooseMarginLimits(margins, init)
  const likenesses = pairs.flatMap(({ readings }) => likenessesOf(readings))
  const fingerprint = likenesses.length > 0 ? chooseFingerprintLimits(likenesses) : null
  const worst = (by: 'failed' | 'suspicious') =>
    Math.max(...margins.map((each) => shareFound(drawSeverities(each, limits, { ...init, by }))))
  return {
    thresholds: { ...limits, fingerprint },
    pairs: pairs.map(factsOf),
    drawn: { answers: init.trials, tokens: init.tokens },
    failed: worst('failed'),
    suspicious: worst('suspicious'),
  }
}

const marginsOf = (readings: readonly Reading[]) =>
  readings.map(({ margins }) => Float64Array.from(margins))
const likenessesOf = (readings: readonly Reading[]) =>
  readings.flatMap((reading) => reading.likenesses)

function factsOf({ made, read, readings }: HonestPair): PairFacts {
  const all = readings.flatMap(({ margins }) => margins)
  const windows = readings.map(({ margins }) => Math.max(0, margins.length - tokensPerWindow + 1))
  const likenesses = likenessesOf(readings)
  const shares = likenesses.map(({ alike, values }) => alike / values)
  const mantissas = likenesses.map(({ meanMantissa }) => meanMantissa)
  return {
    made,
    read,
    answers: readings.length,
    tokens: all.length,
    windows: windows.reduce((sum, each) => sum + each, 0),
    different: all.filter((margin) => margin > 0).length,
    outside: all.filter((margin) => margin === Number.POSITIVE_INFINITY).length,
    largest: all.filter(Number.isFinite).reduce((most, each) => Math.max(most, each), 0),
    fingerprints: likenesses.length,
    leastAlike: shares.length > 0 ? Math.min(...shares) : null,
    mostMantissa: mantissas.length > 0 ? Math.max(...mantissas) : null,
  }
}

/** After so many tokens: the share that fails, and the area under the ROC curve against honest ones. */
type Found = { tokens: number; found: number; area: number }

export type CheatFacts = {
  name: string
  description: string
  answers: number
  /** Share of its choices that the model would not have made. */
  different: number
  byTokens: Found[]
  /** Share of its fingerprints that are not alike; null where its states are everybody's. */
  unlike: number | null
}

const lengths = [8, 16, 32, 64, 96, 128, 192, 256, 300]
/** Enough for three nines. */
const cheatTrials = 10_000

type CheatInit = { name: string; description: string; readings: readonly Reading[] }

/** What measures a cheat: honest answers are drawn once for all of them. */
export function cheatMeasure(
  pairs: readonly HonestPair[],
  { thresholds, ...init }: DrawInit & { thresholds: Thresholds },
): (cheat: CheatInit) => CheatFacts {
  const draws = { ...init, by: 'failed' as const, trials: Math.min(init.trials, cheatTrials) }
  const draw = (readings: readonly Reading[], tokens: number) =>
    drawSeverities(marginsOf(readings), thresholds, { ...draws, tokens })
  const honest = lengths
    .filter((tokens) => tokens <= init.tokens)
    .map((tokens) => ({ tokens, drawn: pairs.map(({ readings }) => draw(readings, tokens)) }))
  return ({ name, description, readings }) => {
    const all = readings.flatMap(({ margins }) => margins)
    const likenesses = likenessesOf(readings)
    const { fingerprint } = thresholds
    const isUnlike = (each: Likeness) => fingerprint && !isAlike(each, fingerprint)
    return {
      name,
      description,
      answers: readings.length,
      different: all.filter((margin) => margin > 0).length / all.length,
      byTokens: honest.map(({ tokens, drawn }) => {
        const severities = draw(readings, tokens)
        // Of all pairs, that which is hardest to tell from it.
        const areas = drawn.map((each) => areaUnderCurve(each, severities))
        return { tokens, found: shareFound(severities), area: Math.min(...areas) }
      }),
      unlike: likenesses.length > 0 ? likenesses.filter(isUnlike).length / likenesses.length : null,
    }
  }
}
