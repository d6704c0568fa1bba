/**
 * Measures how far honest devices are from each other with one model, and how far cheats are from them;
 * chooses the limits, and writes both down beside the model.
 * @module
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { readModelConfig } from '@weft/engine/local'
import { manifestSchema, parse, tokensPerWindow } from '@weft/protocol'
import { readCommandLine, refuse } from '../../../../tooling/command-line.ts'
import { openModelStage } from '../model-stage.ts'
import { createRandom } from '../storm/random.ts'
import { type Backend, type ModelFolder, openNode, openTab, readModelFolder } from './backends.ts'
import { calibrationJobs } from './calibration-jobs.ts'
import { drawChart } from './chart.ts'
import { openCheats } from './cheats.ts'
import type { Reading } from './claims.ts'
import { cheatMeasure, type HonestPair, measureHonest } from './measure.ts'
import { printTable } from './table.ts'

const usage = `npm run calibrate -- FOLDER [options]

  FOLDER        a model with its manifest.json, e.g. public/models/bobbin; gets calibration.json and its
                chart beside it, and its manifest the limits that verifiers go by
  --honest N    honest answers; default: 48
  --cheats N    answers of each cheat; default: 16
  --tokens N    of each answer; default: 300, or what the context has room for
  --trials N    answers drawn from those by lot; default: 100000
  --dry         writes nothing`

const { values, positionals } = readCommandLine(usage, {
  honest: { type: 'string', default: '48' },
  cheats: { type: 'string', default: '16' },
  tokens: { type: 'string', default: '300' },
  trials: { type: 'string', default: '100000' },
  dry: { type: 'boolean', default: false },
})

const closers: (() => Promise<void>)[] = []
const random = createRandom('calibration')

async function main(folder: string): Promise<void> {
  const model = readModelFolder(folder)
  const roomForPrompt = 200
  const maxTokens = Math.min(Number(values.tokens), model.manifest.contextTokens - roomForPrompt)
  const jobsFor = (count: number, withGreedy: boolean) =>
    calibrationJobs({
      random,
      count,
      maxTokens,
      endTokens: [...readModelConfig(model.files).endTokens],
      withGreedy,
    })
  const node = await opened(openNode(model))
  const pairs = await honestPairs({ folder, node, jobs: jobsFor(Number(values.honest), true) })
  const draws = { random: random.next, trials: Number(values.trials), tokens: maxTokens }
  const leastClip = 2 * model.manifest.knownAnswer.toleranceAbs
  log('limits')
  const honest = measureHonest(pairs, { ...draws, leastClip })
  const measure = cheatMeasure(pairs, { ...draws, ...honest })

  const cheatJobs = jobsFor(Number(values.cheats), false)
  const cheats = []
  for (const cheat of await openCheats({ model, honest: node, closers })) {
    log(cheat.name)
    const answers = await cheat.answer(cheatJobs)
    const own = cheat.read ? await cheat.read(cheatJobs, answers) : []
    const readings = await node.read(cheatJobs, answers, fingerprintsOf(own))
    cheats.push(measure({ ...cheat, readings }))
  }
  const calibration = { model: model.manifest.id, graph: graphHash(model), ...honest, cheats }
  printTable(calibration)
  if (!values.dry) write(folder, calibration)
}

type PairsInit = { folder: string; node: Backend; jobs: ReturnType<typeof calibrationJobs> }

/** WebGPU is software here, a hundredth as fast: it reads the beginnings of a few answers, and makes fewer. */
const onGpu = { reads: 4, readTokens: 96, answers: 3, tokens: 48 }

async function honestPairs({ folder, node, jobs }: PairsInit): Promise<HonestPair[]> {
  const stage = await openModelStage('software', resolve(folder))
  closers.push(stage.close)
  const tab = (backend: 'wasm' | 'webgpu', threads: number | null) =>
    opened(openTab(stage, { model: '/model/', backend, threads }))
  const [one, two] = [await tab('wasm', 1), await tab('wasm', 2)]
  // Its driver may compute this model wrongly, as the one in software does in some: it is no honest one then.
  const gpu = await tab('webgpu', null).catch((error: Error) => log(`No WebGPU: ${error.message}`))
  const pairs: HonestPair[] = []
  const add = async (made: Backend, some: typeof jobs, readers: readonly Backend[]) => {
    log(`${made.name} answers`)
    const answers = await made.answer(some)
    const readings = await made.read(some, answers)
    pairs.push({ made: made.name, read: made.name, readings })
    for (const reader of readers) {
      log(`${made.name} read by ${reader.name}`)
      const isSlow = reader === gpu
      const count = isSlow ? onGpu.reads : some.length
      const begun = answers
        .slice(0, count)
        .map((answer) => answer.slice(0, isSlow ? onGpu.readTokens : answer.length))
      // A window that was cut has another fingerprint.
      const own = fingerprintsOf(readings).map((each, index) =>
        each.slice(0, Math.floor((begun[index]?.length ?? 0) / tokensPerWindow)),
      )
      const read = await reader.read(some.slice(0, count), begun, own)
      pairs.push({ made: made.name, read: reader.name, readings: read })
    }
  }
  await add(node, jobs, gpu ? [one, two, gpu] : [one, two])
  await add(two, jobs.slice(0, Math.ceil(jobs.length / 4)), [node, one])
  const few = jobs.slice(0, onGpu.answers).map((job) => ({ ...job, maxTokens: onGpu.tokens }))
  if (gpu) await add(gpu, few, [node, one])
  return pairs
}

const fingerprintsOf = (readings: readonly Reading[]) =>
  readings.map(({ fingerprints }) => fingerprints)

async function opened(opening: Promise<Backend>): Promise<Backend> {
  const backend = await opening
  closers.push(backend.close)
  return backend
}

/** Thresholds change the manifest's CID, the measurement does not. */
function write(folder: string, calibration: Parameters<typeof printTable>[0]): void {
  const path = join(folder, 'manifest.json')
  const { thresholds } = calibration
  const manifest = parse('manifest', manifestSchema, {
    ...JSON.parse(readFileSync(path, 'utf8')),
    thresholds,
  })
  writeFileSync(path, `${JSON.stringify(manifest, null, 1)}\n`)
  writeFileSync(join(folder, 'calibration.json'), `${JSON.stringify(calibration, null, 1)}\n`)
  writeFileSync(join(folder, 'calibration.svg'), drawChart(calibration))
}

/** Which weights were measured. */
function graphHash({ manifest }: ModelFolder): string {
  return manifest.files.find(({ path }) => path === manifest.graph)?.sha256 ?? ''
}

const startedMs = performance.now()
function log(what: string): void {
  console.error(`${Math.round((performance.now() - startedMs) / 1000)} s: ${what}`)
}

const [folder] = positionals
if (!folder) refuse(usage, 'A folder is missing.')
try {
  await main(folder)
} finally {
  for (const close of closers.reverse()) await close()
}
