import { afterEach, describe, expect, test } from 'vitest'
import type { Engine } from './engine.ts'
import { createLocalEngine } from './local-engine.ts'
import type { Family, Recipe } from './testing/build-model/recipe.ts'
import { builtModelInit } from './testing/built-model.ts'
import { nodeCpu } from './testing/node-model.ts'
import { openNodeWasm } from './testing/node-wasm.ts'
import { collect, referenceRuns } from './testing/reference-runs.ts'

const engines: Engine[] = []
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.close()
})

async function answers(init: Awaited<ReturnType<typeof builtModelInit>>, where: 'node' | 'wasm') {
  const runtime = where === 'node' ? nodeCpu : await openNodeWasm()
  const engine = createLocalEngine({ openRuntime: async () => runtime })
  engines.push(engine)
  const { capabilities } = await engine.load(init)
  const alone: number[][] = []
  for (const run of referenceRuns) alone.push((await collect(engine.generate(run))).tokens)
  const together = await Promise.all(
    referenceRuns.map(async (run) => (await collect(engine.generate(run))).tokens),
  )
  expect(together).toEqual(alone)
  return { capabilities, tokens: alone }
}

const families: Family[] = ['llama', 'qwen2', 'qwen3', 'smollm2', 'phi3', 'gemma3']
const recipes: Partial<Recipe>[] = families.flatMap((family): Partial<Recipe>[] => [
  { family, attention: 'concat', dtype: 'fp32' },
  { family, attention: 'gqa', dtype: 'q4' },
])

describe('a decoder of any family answers, alone and with others', { timeout: 60_000 }, () => {
  test.each([
    ...recipes,
    { attention: 'concat', dtype: 'q8' },
    { attention: 'concat', dtype: 'q8w', externalData: true },
    { attention: 'concat', dtype: 'fp16' },
    { attention: 'gqa', dtype: 'q4f16', externalData: true },
    { attention: 'concat', dtype: 'fp32', numLogitsToKeep: true },
    { attention: 'concat', dtype: 'fp32', positionIds: false },
  ] satisfies Partial<Recipe>[])('%o', async (recipe) => {
    const init = await builtModelInit(recipe)
    const { tokens, capabilities } = await answers(init, 'wasm')
    expect(capabilities.kvCache).toBe(recipe.attention === 'gqa' ? 'static' : 'growing')
    expect(tokens.flat().length).toBeGreaterThan(40)
    expect(tokens).toEqual((await answers(init, 'node')).tokens)
  })
})
