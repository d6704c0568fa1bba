/**
 * What continuous batching brings: eight answers at once on one engine against one alone.
 * @module
 */
import type { Page } from 'playwright-core'
import type { AnswerInit } from '../model-page/contestant.ts'
import type { Together } from '../model-page/weft.ts'
import { type BenchDtype, prepareFolder } from './bench-models.ts'
import { type ModelStage, openModelStage } from './model-stage.ts'
import { type Bench, type BenchReport, type BenchRow, median, rounded } from './report.ts'

const tokens = 48
const leastRounds = 5
const dtypes: readonly BenchDtype[] = ['fp32', 'q8']

/** Eight, none of which begins like another. */
const animals = ['fox', 'whale', 'bear', 'owl', 'frog', 'cat', 'duck', 'mouse']
const prompts = animals.map(
  (animal) => `${animal} and lantern: write a story about the two of them.`,
)

export const batch: Bench = {
  describe: 'tokens per second of eight answers at once, over those of one alone',
  goals: { aggregateOverSingle8: '>= 3' },
  async run({ runs, backend, gpu, models, dtypes: wanted }): Promise<BenchReport> {
    const rounds = Math.max(leastRounds, runs)
    const measured = dtypes.filter((each) => wanted.includes(each))
    if (measured.length === 0) throw new Error(`batch measures ${dtypes.join(' and ')}.`)
    const stage = await openModelStage(gpu)
    try {
      const rows: BenchRow[] = []
      for (const name of models) {
        for (const dtype of measured) {
          const folder = prepareFolder({ name, dtype, attention: 'gqa' })
          const row = await measure(stage, { folder, dtype, backend, rounds })
          rows.push({ model: `${name} ${dtype}`, ...row })
        }
      }
      const ratios = rows.map(({ decodeRatio }) => Number(decodeRatio))
      return {
        name: 'batch',
        metrics: { aggregateOverSingle8: Math.min(...ratios) },
        notes: [
          `${stage.browser}. aggregateOverSingle8 is the worst decodeRatio.`,
          'decodeRatio: while all eight decode. wholeRatio: prefills and the uneven end included.',
        ],
        rows,
      }
    } finally {
      await stage.close()
    }
  },
}

async function measure(
  stage: ModelStage,
  init: { folder: string; dtype: BenchDtype; backend: 'wasm' | 'webgpu'; rounds: number },
): Promise<BenchRow> {
  const { folder, dtype, backend, rounds } = init
  const page = await stage.openPage()
  try {
    const weft = await page.evaluate((options) => window.modelPage.open('weft', options), {
      model: `/models/${folder}/`,
      dtype,
      backend,
      threads: null,
    })
    const pairs: { single: Together; eight: Together }[] = []
    for (let round = -1; round < rounds; round += 1) {
      // A prompt of its own each round, so that no answer finds another's prefix.
      const inits = prompts.map((prompt): AnswerInit => ({ prompt: `${round} ${prompt}`, tokens }))
      const alone = [{ prompt: `Alone ${round} ${prompts[0]}`, tokens }]
      const first = round % 2 === 0 ? await answerTogether(page, alone) : undefined
      const eight = await answerTogether(page, inits)
      const single = first ?? (await answerTogether(page, alone))
      if (round >= 0) pairs.push({ single, eight })
    }
    const of = (pick: (pair: (typeof pairs)[number]) => number) => rounded(median(pairs.map(pick)))
    return {
      decodeRatio: of(
        ({ single, eight }) => eight.decodeTokensPerSecond / single.decodeTokensPerSecond,
      ),
      wholeRatio: of(({ single, eight }) => speed(eight) / speed(single)),
      single: of(({ single }) => single.decodeTokensPerSecond),
      aggregate: of(({ eight }) => eight.decodeTokensPerSecond),
      weft,
    }
  } finally {
    await page.close()
  }
}

function speed({ outputTokens, totalMs }: Together): number {
  return (outputTokens / totalMs) * 1000
}

async function answerTogether(page: Page, inits: AnswerInit[]): Promise<Together> {
  const result = await page.evaluate((options) => window.modelPage.answerTogether(options), inits)
  if (result.outputTokens !== inits.length * tokens) throw new Error('An answer ended early.')
  return result
}
