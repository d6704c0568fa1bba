/**
 * Writes a made-up model, seeded and in Hugging Face layout, for benchmarks and tests.
 * @module
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import {
  buildModel,
  type Dtype,
  type Family,
  families,
  type Recipe,
  recipes,
} from '@weft/engine/testing'
import { readCommandLine, refuse } from './command-line.ts'

const dtypes: readonly Dtype[] = ['fp32', 'fp16', 'q8', 'q8w', 'q4', 'q4f16']

const usage = `npm run build-model -- RECIPE --out DIR [options]

  RECIPE            ${Object.keys(recipes).join(', ')}
  --dtype D         ${dtypes.join(', ')}; default: fp32
  --family F        ${Object.keys(families).join(', ')}; default: the recipe's
  --attention A     concat (default) or gqa
  --seed N          default: 1
  --external        weights in a file beside the graph`

const { values, positionals } = readCommandLine(usage, {
  out: { type: 'string' },
  dtype: { type: 'string', default: 'fp32' },
  family: { type: 'string' },
  attention: { type: 'string', default: 'concat' },
  seed: { type: 'string', default: '1' },
  external: { type: 'boolean', default: false },
})

const [name = ''] = positionals
const { out } = values
if (!out) refuse(usage, '--out DIR is missing.')
const base = recipes[one(name, Object.keys(recipes) as (keyof typeof recipes)[])]
const recipe: Recipe = {
  ...base,
  family: one(values.family ?? base.family, Object.keys(families) as Family[]),
  dtype: one(values.dtype, dtypes),
  attention: one(values.attention, ['concat', 'gqa'] as const),
  externalData: values.external,
  seed: Number(values.seed),
}
for (const [path, bytes] of buildModel(recipe)) {
  const target = join(out, path)
  mkdirSync(dirname(target), { recursive: true })
  writeFileSync(target, bytes)
  console.log(`${target}  ${bytes.length} bytes`)
}

function one<T extends string>(value: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === value)
  return found ?? refuse(usage, `"${value}" is none of ${choices.join(', ')}.`)
}
