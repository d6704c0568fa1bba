/**
 * Writes a made-up model, seeded and in Hugging Face layout, for benchmarks and tests.
 *
 *   npm run build-model -- bench-15m --dtype q4 --attention gqa --out DIR
 * @module
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import {
  buildModel,
  type Dtype,
  type Family,
  families,
  type Recipe,
  recipes,
} from '@weft/engine/testing'

const dtypes: readonly Dtype[] = ['fp32', 'fp16', 'q8', 'q8w', 'q4', 'q4f16']

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    out: { type: 'string' },
    dtype: { type: 'string', default: 'fp32' },
    family: { type: 'string' },
    attention: { type: 'string', default: 'concat' },
    seed: { type: 'string', default: '1' },
    /** Weights in a file beside the graph. */
    external: { type: 'boolean', default: false },
  },
})

const [name = ''] = positionals
if (!values.out) throw new TypeError('--out DIR is missing.')
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
  const target = join(values.out, path)
  mkdirSync(dirname(target), { recursive: true })
  writeFileSync(target, bytes)
  console.log(`${target}  ${bytes.length} bytes`)
}

function one<T extends string>(value: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === value)
  if (!found) throw new TypeError(`"${value}" is none of ${choices.join(', ')}.`)
  return found
}
