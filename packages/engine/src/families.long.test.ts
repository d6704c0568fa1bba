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

/** What the known answer or the window of its graph allows; the most there is otherwise. */
function batchSizeOf({ family, attention, positionIds }: Partial<Recipe>): number {
  const windowInSlots = family === 'gemma3' && attention === 'concat'
  // Positions that count from the past's length count its holes.
  return windowInSlots || positionIds === false ? 1 : 8
}

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
    expect(capabilities.batchSize).toBe(batchSizeOf(recipe))
    expect(capabilities.kvCache).toBe(recipe.attention === 'gqa' ? 'static' : 'growing')
    expect(tokens.flat().length).toBeGreaterThan(40)
    expect(tokens).toEqual((await answers(init, 'node')).tokens)
  })
})

describe('a window of attention', { timeout: 60_000 }, () => {
  /** The made-up graph has none: what its config.json says decides. */
  async function batchSize(attention: Recipe['attention'], config: object): Promise<number> {
    const init = await builtModelInit({ attention })
    const files = new Map(await init.openFiles({}))
    const own = JSON.parse(new TextDecoder().decode(files.get('config.json')))
    files.set('config.json', new TextEncoder().encode(JSON.stringify({ ...own, ...config })))
    const runtime = await openNodeWasm()
    const engine = createLocalEngine({ openRuntime: async () => runtime })
    engines.push(engine)
    const { capabilities } = await engine.load({ ...init, openFiles: async () => files })
    return capabilities.batchSize
  }

  test.each([
    ['concat', { sliding_window: 511 }, 1],
    ['concat', { text_config: { sliding_window: 100 } }, 1],
    ['concat', { sliding_window: 512 }, 8],
    ['concat', { sliding_window: 100, use_sliding_window: false }, 8],
    ['concat', { sliding_window: null }, 8],
    ['gqa', { sliding_window: 100 }, 8],
  ] as const)('%s under %o: rows together: %i', async (attention, config, expected) => {
    expect(await batchSize(attention, config)).toBe(expected)
  })
})
