/**
 * `npm run profile -- decode`
 *
 * Where the time of a token goes: ONNX Runtime, the tensors around it, sampling, the way to the page;
 * and the floor, which is the weights read once at this machine's memory bandwidth.
 * @module
 */
import { readCommandLine, refuse } from '../../../tooling/command-line.ts'
import type { AnswerInit } from '../model-page/contestant.ts'
import type { TokenTimes } from '../model-page/profile.ts'
import { type BenchModel, prepareFolder, weightBytesPerToken } from './bench-models.ts'
import { modelOptions, modelUsage, readModelOptions } from './model-options.ts'
import { type ModelStage, openModelStage } from './model-stage.ts'
import { type BenchRow, median, rounded } from './report.ts'

const warmUps = 2
const rounds = 5
const answer: AnswerInit = {
  prompt: 'Write a story about a fox who finds a lantern near the river.',
  tokens: 64,
}

const usage = `npm run profile -- decode [options]

Where the milliseconds of a token go, and how long reading the weights once takes.

${modelUsage}`

const { values, positionals } = readCommandLine(usage, modelOptions)
if (positionals[0] !== 'decode') refuse(usage, 'What there is to profile is "decode".')
const { backend, gpu, models, dtypes } = readModelOptions(usage, values)

const stage = await openModelStage(gpu)
try {
  const rows: BenchRow[] = []
  for (const name of models) {
    for (const dtype of dtypes) {
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
