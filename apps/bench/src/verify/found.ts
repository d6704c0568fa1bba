/**
 * What verifiers find, on answers that no limit was chosen by: honest ones of two backends that read each other's,
 * and those of every cheat.
 * @module
 */
import { readModelConfig } from '@weft/engine/local'
import { tokensPerWindow } from '@weft/protocol'
import {
  drawSeverities,
  type MarginLimits,
  type Margins,
  severity,
  shareFound,
  worstStretches,
} from '@weft/verification'
import type { Backend, ModelFolder } from '../calibrate/backends.ts'
import { calibrationJobs } from '../calibrate/calibration-jobs.ts'
import { openCheats } from '../calibrate/cheats.ts'
import type { Reading } from '../calibrate/claims.ts'
import { createRandom } from '../storm/random.ts'

/** Of an answer; a cheat has to be found by then. */
export const answerTokens = 300
/** Of either direction. */
const honestAnswers = 250
/** Of an honest answer, at least; 300 at most, as of a cheat's. */
const leastHonestTokens = 48
const cheatAnswers = 16
const drawnHonest = 100_000
const drawnCheats = 20_000

export type Found = {
  /** Honest answers, by tabs and by Node. */
  jobs: number
  /** Stretches of 32 tokens of honest answers, overlapping, and how many of them fail by themselves. */
  windows: number
  failedWindows: number
  /** Of honest answers as they are, and of those drawn from them: the share that fails. */
  failedAnswers: number
  failedDrawn: number
  /** By cheat: the share of drawn answers that fails. */
  cheats: { name: string; found: number }[]
}

export type FindInit = {
  model: ModelFolder
  node: Backend
  tab: Backend
  /** Ends with whoever measures. */
  closers: (() => Promise<void>)[]
}

/** @throws Error for a model without limits */
export async function find({ model, node, tab, closers }: FindInit): Promise<Found> {
  const { thresholds } = model.manifest
  if (!thresholds) throw new Error('Nobody has calibrated this model.')
  const random = createRandom('verify')
  const jobsFor = (count: number, withGreedy: boolean) =>
    calibrationJobs({
      random,
      count,
      maxTokens: answerTokens,
      endTokens: [...readModelConfig(model.files).endTokens],
      withGreedy,
    })
  const honestJobs = () =>
    jobsFor(honestAnswers, true).map((job) => {
      const maxTokens = random.between(leastHonestTokens, answerTokens)
      return { ...job, maxTokens }
    })
  const [ofTab, ofNode] = [honestJobs(), honestJobs()]
  const byTab = marginsOf(await node.read(ofTab, await tab.answer(ofTab)))
  const byNode = marginsOf(await tab.read(ofNode, await node.answer(ofNode)))
  const honest = [...byTab, ...byNode]
  const draw = { random: random.next, tokens: answerTokens, by: 'failed' as const }
  const drawn = (answers: Margins, trials: number) =>
    shareFound(drawSeverities(answers, thresholds, { ...draw, trials }))
  const cheats: Found['cheats'] = []
  const cheatJobs = jobsFor(cheatAnswers, false)
  for (const { name, answer } of await openCheats({ model, honest: node, closers })) {
    const answers = marginsOf(await node.read(cheatJobs, await answer(cheatJobs)))
    cheats.push({ name, found: drawn(answers, drawnCheats) })
  }
  const windows = honest.flatMap(windowsOf)
  const failed = (each: Float64Array) => isFailed(each, thresholds)
  return {
    jobs: honest.length,
    windows: windows.length,
    failedWindows: windows.filter(failed).length,
    failedAnswers: honest.filter(failed).length / honest.length,
    failedDrawn: Math.max(drawn(byTab, drawnHonest), drawn(byNode, drawnHonest)),
    cheats,
  }
}

function isFailed(margins: Float64Array, limits: MarginLimits): boolean {
  return severity(worstStretches(margins, limits), 'failed') >= 1
}

function windowsOf(margins: Float64Array): Float64Array[] {
  const count = Math.max(0, margins.length - tokensPerWindow + 1)
  return Array.from({ length: count }, (_, start) =>
    margins.subarray(start, start + tokensPerWindow),
  )
}

function marginsOf(readings: readonly Reading[]): Float64Array[] {
  return readings.map(({ margins }) => Float64Array.from(margins))
}
