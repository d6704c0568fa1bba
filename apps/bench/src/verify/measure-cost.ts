/**
 * What a check costs over what its answer cost, in tabs and in Node.
 * @module
 */
import { createLocalEngine, type OpenRuntime } from '@weft/engine/local'
import { defaultSampling, fingerprintBytes } from '@weft/protocol'
import type { ModelFolder } from '../calibrate/backends.ts'
import { medianInterval } from '../median-interval.ts'
import type { ModelStage } from '../model-stage.ts'
import { type BenchRow, median, rounded } from '../report.ts'
import { type CostJob, type TimedAnswer, timeAnswer, timeCheck } from './cost.ts'
import { answerTokens } from './found.ts'

/** Programs grow faster over their first answers. */
export const warmUps = 3

type Times = { answerMs: number; checkMs: number; tokens: number }

/** Who answers and who checks; each has never read what the other has. */
type Pair = {
  answer(job: CostJob): Promise<TimedAnswer>
  check(job: CostJob, answer: TimedAnswer): ReturnType<typeof timeCheck>
}

async function costOf(pair: Pair, rounds: number): Promise<Times[]> {
  const times: Times[] = []
  for (let round = -warmUps; round < rounds; round += 1) {
    const job = jobOf(round)
    const answer = await pair.answer(job)
    const { ms: checkMs, largestMargin } = await pair.check(job, answer)
    if (!(largestMargin < 0.01)) throw new Error('The check read another answer.')
    if (round >= 0) times.push({ answerMs: answer.ms, checkMs, tokens: answer.tokens.length })
  }
  return times
}

/** Another beginning each time, so that nobody finds the prompt read already. */
function jobOf(round: number): CostJob {
  return {
    messages: [
      { role: 'user', content: `${round + 10}: write a story about a fox and a lantern.` },
    ],
    sampling: defaultSampling,
    seed: new Array<number>(32).fill(round & 0xff),
    maxTokens: answerTokens,
  }
}

export function promptOf(round: number): string {
  return `${round + 10}: write a story about a fox and a lantern.`
}

export async function costInTabs(stage: ModelStage, rounds: number) {
  const open = async () => {
    const page = await stage.openPage()
    const init = { model: '/model/', dtype: 'q8', backend: 'wasm', threads: null } as const
    await page.evaluate((options) => window.modelPage.open('weft', options), init)
    return page
  }
  const [maker, verifier] = [await open(), await open()]
  const pair: Pair = {
    answer: (job) => maker.evaluate((asked) => window.modelPage.timeAnswer(asked), job),
    check: (...checked) =>
      verifier.evaluate((asked) => window.modelPage.timeCheck(...asked), checked),
  }
  const times = await costOf(pair, rounds)
  await maker.close()
  await verifier.close()
  return { ratio: ratioOf(times), row: rowOf('tab, WebAssembly', times) }
}

/** What a node pays: pairs of answers with fingerprints and without, each behind a beginning that nobody has read. */
export async function costOfFingerprints(stage: ModelStage, rounds: number) {
  const page = await stage.openPage()
  const init = { model: '/model/', dtype: 'q8', backend: 'wasm', threads: null } as const
  await page.evaluate((options) => window.modelPage.open('weft', options), init)
  const answer = (round: number, fingerprints: boolean) =>
    page.evaluate((asked) => window.modelPage.timeAnswer(asked), { ...jobOf(round), fingerprints })
  const times: { making: number; percent: number; bytes: number }[] = []
  for (let round = -warmUps; round < rounds; round += 1) {
    const isFirst = round % 2 === 0
    const before = await answer(1000 + 2 * round, isFirst)
    const after = await answer(1001 + 2 * round, !isFirst)
    const [made, plain] = isFirst ? [before, after] : [after, before]
    const perToken = (ms: number, tokens: readonly number[]) => ms / tokens.length
    times.push({
      making: (100 * made.fingerprintsMs) / made.ms,
      percent: 100 * (perToken(made.ms, made.tokens) / perToken(plain.ms, plain.tokens) - 1),
      bytes: (fingerprintBytes * made.fingerprints) / made.tokens.length,
    })
  }
  await page.close()
  const measured = times.slice(warmUps)
  const percent = medianInterval(measured.map((each) => each.percent))
  return {
    percent: {
      median: rounded(percent.median, 3),
      low: rounded(percent.low, 3),
      high: rounded(percent.high, 3),
    },
    makingPercent: rounded(median(measured.map(({ making }) => making)), 3),
    bytesPerToken: rounded(Math.max(...measured.map(({ bytes }) => bytes)), 3),
  }
}

/** In Node the engine tells what its model alone took: a check cannot cost less. */
export async function costInNode(model: ModelFolder, rounds: number, openRuntime: OpenRuntime) {
  let forwardMs = 0
  const open = async () => {
    const engine = createLocalEngine({
      openRuntime,
      onStep: (step) => {
        forwardMs += step.forwardMs
      },
    })
    const openFiles = async () =>
      new Map([...model.files].map(([path, bytes]) => [path, bytes.slice()]))
    const { engine: info } = await engine.load({
      manifest: model.manifest,
      openFiles,
      backend: 'wasm',
    })
    return { engine, info }
  }
  const [maker, verifier] = [await open(), await open()]
  const floors: number[] = []
  let answerForwardMs = 0
  const pair: Pair = {
    async answer(job) {
      forwardMs = 0
      const answer = await timeAnswer(maker.engine, job)
      answerForwardMs = forwardMs
      return answer
    },
    async check(...checked) {
      forwardMs = 0
      const check = await timeCheck(verifier.engine, ...checked)
      floors.push(forwardMs / answerForwardMs)
      return check
    },
  }
  const times = await costOf(pair, rounds)
  await maker.engine.close()
  await verifier.engine.close()
  const { runtime, device } = maker.info
  const floor = rounded(median(floors.slice(warmUps)), 3)
  return { ratio: ratioOf(times), floor, row: rowOf(`Node, ${runtime}, ${device}`, times, floor) }
}

function ratioOf(times: readonly Times[]): number {
  return rounded(median(times.map(({ checkMs, answerMs }) => checkMs / answerMs)), 3)
}

function rowOf(where: string, times: readonly Times[], floor?: number): BenchRow {
  return {
    name: where,
    ratio: ratioOf(times),
    ...(floor === undefined ? {} : { floor }),
    answerMs: rounded(median(times.map(({ answerMs }) => answerMs)), 1),
    checkMs: rounded(median(times.map(({ checkMs }) => checkMs)), 1),
    tokens: median(times.map(({ tokens }) => tokens)),
  }
}
