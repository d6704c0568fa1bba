/**
 * Tokens per second of an answer against the programs that people would pick instead: the same weights
 * in the same Chromium, rounds of ours and theirs alternating.
 * @module
 */
import type { Page } from 'playwright-core'
import type { Answer, AnswerInit, ContestantName } from '../model-page/contestant.ts'
import {
  type BenchDtype,
  type BenchModel,
  type ModelName,
  prepareFolder,
  prepareGguf,
  weightBytesPerToken,
} from './bench-models.ts'
import type { Gpu } from './model-options.ts'
import { type ModelStage, openModelStage } from './model-stage.ts'
import { type Bench, type BenchReport, type BenchRow, median, rounded } from './report.ts'

/** 64 tokens and a few under Bobbin's vocabulary. */
const prompt =
  `Please write a story about a fox who finds a lantern near the river and meets a whale
with a bell. The fox is small and brave, the whale is old and kind, and they both want to go home
before the night comes. Tell me what they say and what they see.`.replaceAll('\n', ' ')

/** Programs grow faster over their first answers, while the browser compiles them again. */
const warmUps = 2
const leastRounds = 5

type Peer = {
  name: Exclude<ContestantName, 'weft'>
  backend: 'wasm' | 'webgpu'
  threads: number | null
}

type Pairing = { model: BenchModel; peer: Peer; tokens: number; rounds: number }

/** Each peer on one thread, which is its default on two cores, and on two. */
const cpuPeers: Peer[] = (['transformers', 'wllama'] as const).flatMap((name) =>
  [1, 2].map((threads): Peer => ({ name, backend: 'wasm', threads })),
)

const metricOf = {
  transformers: { wasm: 'vsTransformersJsWasm', webgpu: 'vsTransformersJsWebgpu' },
  wllama: { wasm: 'vsWllamaWasm', webgpu: '' },
}

export const decode: Bench = {
  describe: 'decode speed against transformers.js and wllama, ours over theirs',
  goals: {
    vsTransformersJsWasm: '>= 1.5',
    vsTransformersJsWebgpu: '>= 1.5',
    vsWllamaWasm: '>= 1',
  },
  async run({ runs, gpu, models, dtypes }): Promise<BenchReport> {
    const rounds = Math.max(leastRounds, runs)
    const stage = await openModelStage(gpu)
    try {
      const rows: BenchRow[] = []
      for (const name of models) {
        for (const dtype of dtypes) {
          rows.push(...(await compareOnCpu(stage, { model: cpuModel(name, dtype), rounds })))
        }
      }
      const selected = [...models, ...dtypes]
      if (selected.includes('15m') && selected.includes('fp32')) {
        rows.push(await compareOnGpu(stage, { rounds, tokens: gpuTokens[gpu] }))
      }
      return { name: 'decode', metrics: summary(rows), notes: notes(stage, gpu), rows }
    } finally {
      await stage.close()
    }
  },
}

function cpuModel(name: ModelName, dtype: BenchDtype): BenchModel {
  return { name, dtype, attention: 'gqa' }
}

async function compareOnCpu(
  stage: ModelStage,
  { model, rounds }: { model: BenchModel; rounds: number },
): Promise<BenchRow[]> {
  const ours = await openWeft(stage, { model, backend: 'wasm' })
  try {
    const rows: BenchRow[] = []
    for (const peer of cpuPeers) {
      rows.push(await compare(stage, ours, { model, peer, rounds, tokens: 64 }))
    }
    const { bytesPerSecond } = await ours.page.evaluate(() =>
      window.modelPage.measureBandwidth(navigator.hardwareConcurrency),
    )
    const perTokenMs = median(rows.map((row) => 1000 / Number(row.ours)))
    const floorMs = (weightBytesPerToken(model) / bytesPerSecond) * 1000
    const floor = {
      floorRatio: rounded(floorMs / perTokenMs),
      gigabytesPerSecond: rounded(bytesPerSecond / 1e9),
    }
    return rows.map((row) => ({ ...row, ...floor }))
  } finally {
    await ours.page.close()
  }
}

/** WebGPU in software takes most of a second for a token. */
const gpuTokens: Record<Gpu, number> = { software: 6, device: 64 }

async function compareOnGpu(
  stage: ModelStage,
  { rounds, tokens }: { rounds: number; tokens: number },
): Promise<BenchRow> {
  // SwiftShader computes long prefills of GroupQueryAttention wrongly.
  const model: BenchModel = { name: '15m', dtype: 'fp32', attention: 'concat' }
  const ours = await openWeft(stage, { model, backend: 'webgpu' })
  const peer: Peer = { name: 'transformers', backend: 'webgpu', threads: null }
  try {
    return await compare(stage, ours, { model, peer, rounds, tokens })
  } finally {
    await ours.page.close()
  }
}

type Opened = { page: Page; description: string }

async function openWeft(
  stage: ModelStage,
  { model, backend }: { model: BenchModel; backend: 'wasm' | 'webgpu' },
): Promise<Opened> {
  return open(stage, { name: 'weft', backend, threads: null }, model)
}

async function open(
  stage: ModelStage,
  peer: Omit<Peer, 'name'> & { name: ContestantName },
  model: BenchModel,
): Promise<Opened> {
  const url =
    peer.name === 'wllama' ? `/models/${prepareGguf(model)}` : `/models/${prepareFolder(model)}/`
  const { name, backend, threads } = peer
  const init = { model: url, dtype: model.dtype, backend, threads }
  const page = await stage.openPage()
  const description = await page.evaluate(
    ([contestant, options]) => window.modelPage.open(contestant, options),
    [name, init] as const,
  )
  return { page, description }
}

async function compare(
  stage: ModelStage,
  ours: Opened,
  { model, peer, tokens, rounds }: Pairing,
): Promise<BenchRow> {
  const theirs = await open(stage, peer, model)
  const init: AnswerInit = { prompt, tokens }
  try {
    const equalTokens = await checkSameWork(ours.page, theirs.page, { ...init, withTokens: true })
    if (model.dtype === 'fp32' && equalTokens < init.tokens / 8) {
      throw new Error(`${theirs.description} answers differently after ${equalTokens} tokens.`)
    }
    const pairs: { ours: Answer; theirs: Answer }[] = []
    for (let round = -warmUps; round < rounds; round += 1) {
      // Another beginning each time and for each peer, so that nobody finds the prompt read already.
      const fresh = { ...init, prompt: `${peer.name} ${peer.threads} ${round}: ${prompt}` }
      // The order alternates, so that a drift of the machine falls on both sides alike.
      const first = round % 2 === 0 ? await answerIn(ours.page, fresh) : undefined
      const their = await answerIn(theirs.page, fresh)
      const pair = { ours: first ?? (await answerIn(ours.page, fresh)), theirs: their }
      if (round >= 0) pairs.push(pair)
    }
    const speed = (side: 'ours' | 'theirs') =>
      rounded(1000 / median(pairs.map((pair) => pair[side].perTokenMs)), 1)
    const row: BenchRow = {
      model: `${model.name} ${model.dtype}`,
      metric: metricOf[peer.name][peer.backend],
      ratio: rounded(median(pairs.map((pair) => pair.theirs.perTokenMs / pair.ours.perTokenMs))),
      ours: speed('ours'),
      theirs: speed('theirs'),
      firstTokenRatio: rounded(
        median(pairs.map((pair) => pair.theirs.firstTokenMs / pair.ours.firstTokenMs)),
      ),
      equalTokens: `${equalTokens} of ${tokens}`,
      peer: theirs.description,
      weft: ours.description,
    }
    console.error(`${row.model}: ${row.ratio} times ${theirs.description}`)
    return row
  } finally {
    await theirs.page.close()
  }
}

/** @throws Error when it is shorter than asked for: its mean times would be another's */
async function answerIn(page: Page, init: AnswerInit): Promise<Answer> {
  const answer = await page.evaluate((options) => window.modelPage.answer(options), init)
  if (answer.outputTokens === init.tokens) return answer
  throw new Error(`An answer has ${answer.outputTokens} tokens instead of ${init.tokens}.`)
}

/**
 * @returns how many tokens of the two answers agree before they part
 * @throws Error when prompts differ, or an answer ends early
 */
async function checkSameWork(ours: Page, theirs: Page, init: AnswerInit): Promise<number> {
  const mine = await answerIn(ours, init)
  const other = await answerIn(theirs, init)
  if (mine.promptTokens !== other.promptTokens) {
    throw new Error(`The prompt has ${mine.promptTokens} tokens here, ${other.promptTokens} there.`)
  }
  const parting = mine.tokens.findIndex((token, index) => token !== other.tokens[index])
  return parting === -1 ? init.tokens : parting
}

/** For each metric the worst of all models, each peer at whichever thread count is better for it. */
function summary(rows: BenchRow[]): Record<string, number> {
  const metrics = [...new Set(rows.map(({ metric }) => String(metric)))]
  const worst = metrics.map((metric): [string, number] => {
    const ratios = rows.filter((row) => row.metric === metric).map(({ ratio }) => Number(ratio))
    return [metric, Math.min(...ratios)]
  })
  const floors = rows.flatMap(({ floorRatio }) =>
    floorRatio === undefined ? [] : [Number(floorRatio)],
  )
  return {
    ...Object.fromEntries(worst),
    ...(floors.length > 0 ? { floorRatioWasm: Math.min(...floors) } : {}),
  }
}

function notes({ browser }: ModelStage, gpu: Gpu): string[] {
  return [
    `${browser}. Tokens per second as the page sees them, medians; ratio is ours over theirs, the median of the pairs.`,
    'The metrics are the worst over all models and thread counts.',
    'floorRatio: time to read the weights once at the measured bandwidth, over our time per token.',
    'On the CPU q8 and q4 are quantised for the download; Weft computes with float32 weights made of them while loading, four bytes each in memory (decision 10). The peers keep theirs quantised.',
    `vsTransformersJsWebgpu: 15m fp32 with explicit attention, ${gpuTokens[gpu]} tokens, ${gpu === 'software' ? 'on WebGPU in software, which says little about graphics devices' : 'on the graphics device named in its row'}.`,
  ]
}
