/**
 * The models that the speed benchmarks run: built once from a seed, as a folder in Hugging Face layout
 * with a manifest for Weft and transformers.js, and as GGUF for wllama. Kept between runs under the
 * hash of the recipe and of the programs that wrote them.
 * @module
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildModel, buildWeights, graphPath, type Recipe, recipes } from '@weft/engine/testing'
import { type BpeTokenizer, type LlamaConfig, llamaGguf } from './gguf/llama-gguf.ts'
import type { GgufDtype } from './gguf/quantise.ts'

export type ModelName = '15m' | '135m'
export type BenchDtype = 'fp32' | 'q8' | 'q4'

export type BenchModel = {
  name: ModelName
  dtype: BenchDtype
  /** How the graph spells attention. */
  attention: Recipe['attention']
}

export const modelNames: readonly ModelName[] = ['15m', '135m']
export const benchDtypes: readonly BenchDtype[] = ['fp32', 'q8', 'q4']

const inRoot = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url))

/** Ignored by git. */
export const modelsFolder = inRoot('node_modules/.cache/weft-bench/')

const ggufDtypes: Record<BenchDtype, GgufDtype> = { fp32: 'F32', q8: 'Q8_0', q4: 'Q4_0' }

/** Of a logit between onnxruntime-node and the engine. */
const tolerances: Record<BenchDtype, number> = { fp32: 0.01, q8: 0.05, q4: 0.05 }

/** @returns the folder's name under `modelsFolder`; `manifest.json` lies in it */
export function prepareFolder(model: BenchModel): string {
  const recipe = recipeOf(model)
  return cached(`${model.name}-${model.dtype}-${model.attention}`, recipe, (folder) => {
    for (const [path, bytes] of buildModel(recipe)) {
      const target = join(folder, path)
      mkdirSync(dirname(target), { recursive: true })
      writeFileSync(target, bytes)
    }
    neverEnds(folder)
    writeManifest(folder, { model, recipe })
  })
}

/** @returns the path of the file under `modelsFolder` */
export function prepareGguf(model: BenchModel): string {
  const recipe = recipeOf({ ...model, dtype: 'fp32' })
  const folder = prepareFolder({ ...model, dtype: 'fp32' })
  const readJson = (file: string) =>
    JSON.parse(readFileSync(join(modelsFolder, folder, file), 'utf8'))
  const dtype = ggufDtypes[model.dtype]
  const made = cached(`${model.name}-${dtype}`, recipe, (target) => {
    const parts = llamaGguf({
      name: `weft/bench-${model.name}`,
      config: readJson('config.json') as LlamaConfig,
      tokenizer: readJson('tokenizer.json') as BpeTokenizer,
      weights: buildWeights(recipe),
      dtype,
    })
    writeFileSync(join(target, 'model.gguf'), Buffer.concat(parts))
  })
  return `${made}/model.gguf`
}

/** Bytes that one token has to read: every matrix, a tied embedding once, as its head. */
export function weightBytesPerToken({ name, dtype }: BenchModel): number {
  const { layers, width, heads, kvHeads, headDim, mlp, vocab } = recipes[`bench-${name}`].shape
  const attention = 2 * width * headDim * (heads + kvHeads)
  const values = vocab * width + layers * (attention + 3 * width * mlp)
  // q4 has a float scale for 32 values; the scales of q8, one a row, are not worth counting.
  const bytesPerValue = { fp32: 4, q8: 1, q4: 0.5 + 4 / 32 }
  return values * bytesPerValue[dtype]
}

function recipeOf({ name, dtype, attention }: BenchModel): Recipe {
  return { ...recipes[`bench-${name}`], dtype, attention }
}

/** A made-up model says any token at any time: an answer has to be as long as it is asked to be. */
function neverEnds(folder: string): void {
  change('generation_config.json', { eos_token_id: [] })
  change('tokenizer_config.json', { eos_token: null })

  function change(name: string, fields: object): void {
    const file = join(folder, name)
    const content: object = JSON.parse(readFileSync(file, 'utf8'))
    writeFileSync(file, JSON.stringify({ ...content, ...fields }))
  }
}

function writeManifest(
  folder: string,
  { model, recipe }: { model: BenchModel; recipe: Recipe },
): void {
  const options = {
    id: `weft/bench-${model.name}-${model.dtype}`,
    name: `Benchmark ${model.name} ${model.dtype}`,
    dtype: model.dtype,
    graph: graphPath(recipe),
    licence: 'Apache-2.0',
    tolerance: String(tolerances[model.dtype]),
  }
  const flags = Object.entries(options).flatMap(([flag, value]) => [`--${flag}`, value])
  const { status, stderr } = spawnSync(
    process.execPath,
    [inRoot('tooling/manifest.ts'), folder, ...flags],
    { cwd: inRoot(''), encoding: 'utf8' },
  )
  if (status !== 0) throw new Error(`No manifest could be made for ${options.name}.\n${stderr}`)
}

/** Builds beside the place and moves, so that an interrupted build leaves nothing half-made. */
function cached(name: string, recipe: Recipe, build: (folder: string) => void): string {
  const hash = createHash('sha256').update(JSON.stringify(recipe)).update(builderSources())
  const folder = `${name}-${hash.digest('hex').slice(0, 12)}`
  const target = join(modelsFolder, folder)
  if (existsSync(target)) return folder
  const unfinished = `${target}.unfinished`
  rmSync(unfinished, { recursive: true, force: true })
  mkdirSync(unfinished, { recursive: true })
  build(unfinished)
  renameSync(unfinished, target)
  return folder
}

let sources: string | undefined

function builderSources(): string {
  const folders = [
    'packages/engine/src/testing/build-model/',
    'packages/engine/src/graph/',
    'apps/bench/src/gguf/',
  ]
  sources ??= folders
    .map(inRoot)
    .flatMap((folder) =>
      readdirSync(folder)
        .sort()
        .map((file) => join(folder, file)),
    )
    .concat(fileURLToPath(import.meta.url))
    .filter((file) => !file.endsWith('.test.ts'))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\0')
  return sources
}
