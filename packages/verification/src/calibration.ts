/**
 * Limits from measurements: margins of honest answers, made on one backend and read on another, decide
 * from where on an answer is not the model's; margins of cheats say what that finds. Few answers are
 * made many by a block bootstrap (Kuensch, "The Jackknife and the Bootstrap for General Stationary
 * Observations", 1989): a drawn answer takes each stretch of 32 margins, at its place, from an answer by
 * lot, since margins of neighbours belong together and a cheat may begin late.
 * @module
 */
import { type FingerprintLimits, type Thresholds, tokensPerWindow } from '@weft/protocol'
import type { Likeness } from './fingerprint.ts'
import { severity, worstStretches } from './margins.ts'

/** Margins by answer, of one honest pair of backends or of one cheat. */
export type Margins = readonly Float64Array[]

/** What margins decide. */
export type MarginLimits = Pick<Thresholds, 'marginClip' | 'windows'>

export type DrawInit = {
  /** In [0, 1). */
  random: () => number
  /** Drawn answers. */
  trials: number
  /** Of each; fewer where no answer has so many. */
  tokens: number
}

export type ChooseInit = DrawInit & {
  /** In logits: twice what the known answer admits, since a margin is a difference of two. */
  leastClip: number
}

/** Of honest answers of `tokens` length, at most so many fail, and so many are looked at again. */
const mostFailed = 1e-4
const mostSuspicious = 1e-2
const windowTokens = [32, 64, 128, 256, 512]

/**
 * The worst pair decides. A clip is the 99.9th percentile of honest margins. Nobody fails below one and a
 * half clips: the first token outside S_t that nobody saw in the measurement must not be enough.
 * @param pairs honest ones, each with at least one answer
 */
export function chooseMarginLimits(pairs: readonly Margins[], init: ChooseInit): MarginLimits {
  const clips = pairs.map((answers) => {
    const all = Float64Array.from(answers.flatMap((each) => [...each].filter(Number.isFinite)))
    return quantile(all.sort(), 0.999)
  })
  const marginClip = Math.max(init.leastClip, ...clips)
  const windows = windowTokens.map((tokens) => ({ tokens, suspicious: 1, failed: 1 }))
  const drawn = pairs.map((answers) => {
    const means = windows.map(() => new Float64Array(init.trials))
    for (let trial = 0; trial < init.trials; trial++) {
      const stretches = worstStretches(draw(answers, init), { marginClip, windows })
      stretches.forEach(({ mean }, scale) => {
        const all = means[scale]
        if (all) all[trial] = mean
      })
    }
    return means.map((each) => each.sort())
  })
  // Each window has its part of the allowed errors.
  const reached = (scale: number, share: number): number =>
    Math.max(...drawn.map((means) => quantile(means[scale], 1 - share / windows.length)))
  return {
    marginClip,
    windows: windows.map(({ tokens }, scale) => {
      const clip = marginClip / tokens
      return {
        tokens,
        suspicious: Math.max(clip, reached(scale, mostSuspicious)),
        failed: clip / 2 + Math.max(clip, reached(scale, mostFailed)),
      }
    }),
  }
}

/**
 * Twice as far as the furthest honest fingerprint was, and a little: they are too few to draw from.
 * @param honest at least one
 */
export function chooseFingerprintLimits(honest: readonly Likeness[]): FingerprintLimits {
  const unlike = Math.max(...honest.map(({ alike, values }) => 1 - alike / values))
  const mantissa = Math.max(...honest.map(({ meanMantissa }) => meanMantissa))
  return { leastAlike: Math.max(0, 0.9 - 2 * unlike), mostMantissa: 0.5 + 2 * mantissa }
}

/** `severity` by which limits, of drawn answers, ascending. */
export function drawSeverities(
  answers: Margins,
  thresholds: MarginLimits,
  { by, ...init }: DrawInit & { by: 'suspicious' | 'failed' },
): Float64Array {
  const drawn = new Float64Array(init.trials)
  for (let trial = 0; trial < init.trials; trial++) {
    drawn[trial] = severity(worstStretches(draw(answers, init), thresholds), by)
  }
  return drawn.sort()
}

/** @param ascending severities. @returns the share that reaches the limit */
export function shareFound(ascending: Float64Array): number {
  return ascending.filter((each) => each >= 1).length / ascending.length
}

/**
 * Area under the curve of true over false accusations as the limit moves: how often a cheat's answer
 * looks worse than an honest one's, equal ones counting half (Mann and Whitney, 1947).
 * @param honest ascending. @param cheat ascending
 */
export function areaUnderCurve(honest: Float64Array, cheat: Float64Array): number {
  let below = 0
  let upTo = 0
  let sum = 0
  for (const each of cheat) {
    while (below < honest.length && (honest[below] ?? 0) < each) below += 1
    while (upTo < honest.length && (honest[upTo] ?? 0) <= each) upTo += 1
    sum += (below + upTo) / 2
  }
  return sum / (honest.length * cheat.length)
}

function draw(answers: Margins, { random, tokens }: DrawInit): Float64Array {
  const most = Math.max(0, ...answers.map(({ length }) => length))
  const drawn = new Float64Array(Math.min(tokens, most))
  for (let start = 0; start < drawn.length; start += tokensPerWindow) {
    const end = Math.min(start + tokensPerWindow, drawn.length)
    const longEnough = answers.filter(({ length }) => length >= end)
    const from = longEnough[Math.floor(random() * longEnough.length)]
    if (from) drawn.set(from.subarray(start, end), start)
  }
  return drawn
}

/** @param ascending at least one. @param share in [0, 1] */
function quantile(ascending: Float64Array | undefined, share: number): number {
  if (!ascending || ascending.length === 0) return 0
  return ascending[Math.min(ascending.length - 1, Math.floor(share * ascending.length))] ?? 0
}
