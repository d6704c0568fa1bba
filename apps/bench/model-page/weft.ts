/**
 * Our engine in its worker, as a page holds it.
 * @module
 */
import { createWorkerEngine, type Engine, type GenerateInit } from '@weft/engine'
import { greedySampling, type Message, manifestSchema, parse } from '@weft/protocol'
import type { CalibrationJob } from '../src/calibrate/calibration-jobs.ts'
import { answerJobs, type Reading, readAnswers } from '../src/calibrate/claims.ts'
import { type CostJob, type TimedAnswer, timeAnswer, timeCheck } from '../src/verify/cost.ts'
import {
  type Answer,
  type AnswerInit,
  type Contestant,
  type ContestantInit,
  createStopwatch,
} from './contestant.ts'

export type Together = {
  outputTokens: number
  /** From the first call to the last token. */
  totalMs: number
  /** While all of them decode: from the last first token to the first last one. */
  decodeTokensPerSecond: number
}

export type ChatTurn = { firstTokenMs: number; inputTokens: number; cachedTokens: number }

export type ChatInit = {
  first: string
  /** As long as `first` and different from the first word on. */
  other: string
  second: string
  /** What the assistant said between the two. */
  answer: string
  /** Whether the cold turn comes before the other. */
  switchOrder: boolean
}

type Tokens = readonly (readonly number[])[]

export type WeftContestant = Contestant & {
  /** See `src/calibrate/claims.ts`. */
  answerJobs(jobs: readonly CalibrationJob[], answered: Tokens): Promise<number[][]>
  readAnswers(
    jobs: readonly CalibrationJob[],
    answers: Tokens,
    fingerprints: readonly Tokens[],
  ): Promise<Reading[]>
  /** See `src/verify/cost.ts`. */
  timeAnswer(job: CostJob): Promise<TimedAnswer>
  timeCheck(job: CostJob, answer: TimedAnswer): ReturnType<typeof timeCheck>
  answerTogether(inits: AnswerInit[]): Promise<Together>
  /** The second turn of one chat, and the same turn of another one whose first never ran here. */
  chat(init: ChatInit): Promise<{ second: ChatTurn; cold: ChatTurn }>
}

/** @param startWorker another worker than the engine's own */
export async function openWeft(
  { model, backend, threads }: ContestantInit,
  startWorker?: () => Worker,
): Promise<WeftContestant> {
  const engine = createWorkerEngine({
    ...(threads === null ? {} : { threads }),
    ...(startWorker ? { startWorker } : {}),
  })
  const manifest = parse(
    'manifest',
    manifestSchema,
    await (await fetch(`${model}manifest.json`)).json(),
  )
  const openFiles = async () => {
    const files = manifest.files.map(async ({ path }) => {
      const bytes = await (await fetch(`${model}${path}`)).bytes()
      return [path, bytes] as const
    })
    return new Map(await Promise.all(files))
  }
  const { engine: info } = await engine.load({ manifest, openFiles, backend })
  return {
    description: `${info.runtime}, ${info.device}`,
    answerJobs: (jobs, answered) => answerJobs(engine, jobs, answered),
    readAnswers: (...asked) => readAnswers(engine, ...asked),
    timeAnswer: (job) => timeAnswer(engine, job),
    timeCheck: (...checked) => timeCheck(engine, ...checked),
    answer: (answerInit) => answer(engine, answerInit),
    answerTogether: (inits) => answerTogether(engine, inits),
    chat: (chatInit) => chat(engine, chatInit),
  }
}

function request(messages: Message[], tokens: number): GenerateInit {
  return {
    messages,
    sampling: greedySampling,
    seed: new Uint8Array(32),
    maxTokens: tokens,
    tools: [],
    overflow: 'error',
    answered: [],
  }
}

async function answer(engine: Engine, { prompt, tokens: count }: AnswerInit): Promise<Answer> {
  const stopwatch = createStopwatch()
  const tokens: number[] = []
  let promptTokens = 0
  for await (const part of engine.generate(request([{ role: 'user', content: prompt }], count))) {
    if (part.type === 'prefill-end') promptTokens = part.inputTokens
    if (part.type !== 'delta') continue
    stopwatch.arrived(part.tokens.length)
    tokens.push(...part.tokens)
  }
  return { promptTokens, tokens, ...stopwatch.read() }
}

async function answerTogether(engine: Engine, inits: AnswerInit[]): Promise<Together> {
  const startedMs = performance.now()
  const arrivals = await Promise.all(
    inits.map(async ({ prompt, tokens }) => {
      const times: number[] = []
      const messages: Message[] = [{ role: 'user', content: prompt }]
      for await (const part of engine.generate(request(messages, tokens))) {
        if (part.type !== 'delta') continue
        const nowMs = performance.now()
        for (const _ of part.tokens) times.push(nowMs)
      }
      return times
    }),
  )
  const fromMs = Math.max(...arrivals.map((times) => times[0] ?? startedMs))
  const toMs = Math.min(...arrivals.map((times) => times.at(-1) ?? startedMs))
  const all = arrivals.flat()
  const within = all.filter((time) => time > fromMs && time <= toMs).length
  return {
    outputTokens: all.length,
    totalMs: Math.max(...all) - startedMs,
    decodeTokensPerSecond: (within / (toMs - fromMs)) * 1000,
  }
}

async function chat(engine: Engine, init: ChatInit): Promise<{ second: ChatTurn; cold: ChatTurn }> {
  await timeTurn(engine, [{ role: 'user', content: init.first }])
  const turn = (first: string) =>
    timeTurn(engine, [
      { role: 'user', content: first },
      { role: 'assistant', content: init.answer },
      { role: 'user', content: init.second },
    ])
  const early = init.switchOrder ? await turn(init.other) : undefined
  const second = await turn(init.first)
  return { second, cold: early ?? (await turn(init.other)) }
}

async function timeTurn(engine: Engine, messages: Message[]): Promise<ChatTurn> {
  const stopwatch = createStopwatch()
  let [inputTokens, cachedTokens] = [0, 0]
  for await (const part of engine.generate(request(messages, 1))) {
    if (part.type === 'prefill-end') {
      inputTokens = part.inputTokens
      cachedTokens = part.cachedTokens
    }
    if (part.type === 'delta') stopwatch.arrived(part.tokens.length)
  }
  return { firstTokenMs: stopwatch.read().firstTokenMs, inputTokens, cachedTokens }
}
