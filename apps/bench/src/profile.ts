/**
 * `npm run profile -- decode [--backend wasm|webgpu] [--model 15m] [--dtype q4]`
 *
 * Where the time of a token goes: ONNX Runtime, the tensors around it, sampling, the way to the page;
 * and the floor, which is the weights read once at this machine's memory bandwidth.
 * @module
 */
import { parseArgs } from 'node:util'
import type { AnswerInit } from '../model-page/contestant.ts'
import type { TokenTimes } from '../model-page/profile.ts'
import {
  type BenchModel,
  benchDtypes,
  modelNames,
  prepareFolder,
  weightBytesPerToken,
} from './bench-models.ts'
import { type ModelStage, openModelStage } from './model-stage.ts'
import { type BenchRow, chosen, median, rounded } from './report.ts'

const warmUps = 2
const rounds = 5
const answer: AnswerInit = {
  prompt: 'Write a story about a fox who finds a lantern near the river.',
  tokens: 64,
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    backend: { type: 'string', default: 'wasm' },
    model: { type: 'string', multiple: true, default: [] },
    dtype: { type: 'string', multiple: true, default: [] },
  },
})
const backend = values.backend === 'webgpu' ? 'webgpu' : 'wasm'
if (positionals[0] !== 'decode' || backend !== values.backend) {
  console.error(
    'Usage: npm run profile -- decode [--backend wasm|webgpu] [--model 15m] [--dtype q4]',
  )
  process.exit(1)
}

const stage = await openModelStage()
try {
  const rows: BenchRow[] = []
  for (const name of chosen(modelNames, values.model)) {
    for (const dtype of chosen(benchDtypes, values.dtype)) {
      rows.push(await profile(stage, { name, dtype, attention: 'gqa' }))
    }
  }
  console.log('Milliseconds for a token; medians of five answers.')
  console.table(rows)
} finally {
  await stage.close()
}

async function profile(on: ModelStage, model: BenchModel): Promise<BenchRow> {
  const page = await on.openPage()
  const folder = `/models/${prepareFolder(model)}/`
  try {
    const { weft, answers } = await page.evaluate(
      ([init, answerInits]) => window.modelPage.profile(init, answerInits),
      [
        { model: folder, dtype: model.dtype, backend, threads: null } as const,
        Array.from({ length: warmUps + rounds }, () => answer),
      ] as const,
    )
    const { bytesPerSecond } = await page.evaluate(() =>
      window.modelPage.measureBandwidth(navigator.hardwareConcurrency),
    )
    const of = (pick: (times: TokenTimes) => number) =>
      rounded(median(answers.slice(warmUps).map(pick)))
    return {
      model: `${model.name} ${model.dtype}`,
      token: of(({ perTokenMs }) => perTokenMs),
      'session run': of(({ runMs }) => runMs),
      'tensors in and out': of(({ ioMs }) => ioMs),
      sampling: of(({ sampleMs }) => sampleMs),
      'to the page': of(
        ({ perTokenMs, runMs, ioMs, sampleMs }) => perTokenMs - runMs - ioMs - sampleMs,
      ),
      floor: rounded((weightBytesPerToken(model) / bytesPerSecond) * 1000),
      weft,
    }
  } finally {
    await page.close()
  }
}
