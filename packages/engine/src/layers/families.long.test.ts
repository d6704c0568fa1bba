import { afterEach, describe, expect, test } from 'vitest'
import type { Engine, LoadInit } from '../engine.ts'
import { lookup } from '../graph/lookup.ts'
import { makeNode } from '../graph/make.ts'
import { decodeModel, encodeModel, type OnnxGraph, type OnnxNode } from '../graph/onnx.ts'
import { createLocalEngine } from '../local-engine.ts'
import { type Family, families, type Recipe, tinyShape } from '../testing/build-model/recipe.ts'
import { builtModelInit } from '../testing/built-model.ts'
import { nodeCpu } from '../testing/node-model.ts'
import { openNodeWasm } from '../testing/node-wasm.ts'
import { collect, referenceRuns } from '../testing/reference-runs.ts'
import { splitParts } from '../testing/split-parts.ts'

const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

type Where = 'node' | 'wasm'
const runtimeOf = async (where: Where) => (where === 'node' ? nodeCpu : openNodeWasm())

async function answers(init: LoadInit, where: Where): Promise<number[][]> {
  const runtime = await runtimeOf(where)
  const engine: Engine = createLocalEngine({ openRuntime: async () => runtime })
  ends.push(() => engine.close())
  await engine.load(init)
  return Promise.all(referenceRuns.map(async (run) => (await collect(engine.generate(run))).tokens))
}

async function splitAnswers(whole: LoadInit, init: { tabs: number; where: Where }) {
  const runtime = await runtimeOf(init.where)
  const { hosts, init: split } = await splitParts(whole, { ...init, runtime, width: 64 })
  ends.push(async () => void (await Promise.all(hosts.map((host) => host.release()))))
  return answers(split, init.where)
}

const built = (change: Partial<Recipe>): Partial<Recipe> => ({
  ...change,
  shape: { ...tinyShape, layers: 4, headDim: change.family === 'phi3' ? 64 : 16 },
})
const names = Object.keys(families) as Family[]

describe('in parts it says what it says whole', { timeout: 60_000 }, () => {
  test.each<[Partial<Recipe>, number, Where]>([
    ...names.flatMap((family): [Partial<Recipe>, number, Where][] => [
      [{ family, attention: 'concat' }, 2, 'node'],
      [{ family, attention: 'gqa', dtype: 'q4' }, 3, 'wasm'],
    ]),
    [{ attention: 'concat', dtype: 'q8w', externalData: true }, 2, 'wasm'],
    [{ attention: 'gqa', dtype: 'q4f16', positionIds: false }, 4, 'node'],
    [{ attention: 'concat', dtype: 'fp16', externalData: true }, 2, 'node'],
    [{ attention: 'concat', dtype: 'q8', numLogitsToKeep: true }, 2, 'node'],
    [{ attention: 'concat', positionIds: false }, 4, 'node'],
  ])('%o by %i tabs, %s', async (recipe, tabs, where) => {
    const init = await builtModelInit(built(recipe))
    expect(await splitAnswers(init, { tabs, where })).toEqual(await answers(init, where))
  })
})

/** As onnxruntime-genai writes it: each residual sum is an output of the norm behind it. */
function withSkipNorms(graph: OnnxGraph): OnnxGraph {
  const values = lookup(graph)
  const gone = new Set<OnnxNode>()
  const node = graph.node.map((norm) => {
    if (norm.opType !== 'SimplifiedLayerNormalization') return norm
    const [input = '', gamma = ''] = norm.input
    const sum = values.producer(input)
    if (sum?.opType !== 'Add') return norm
    gone.add(sum)
    const output = [norm.output[0] ?? '', '', '', input]
    const skip = makeNode('SkipSimplifiedLayerNormalization', {
      input: [...sum.input, gamma],
      output,
      domain: 'com.microsoft',
    })
    return { ...skip, attribute: norm.attribute.filter(({ name }) => name === 'epsilon') }
  })
  expect(gone.size).toBeGreaterThan(4)
  return { ...graph, node: node.filter((each) => !gone.has(each)) }
}

test('norms that are fused with the sum before them', { timeout: 60_000 }, async () => {
  const init = await builtModelInit(built({ attention: 'gqa' }))
  const { graph: path } = init.manifest
  const files = new Map(await init.openFiles({}))
  const model = decodeModel(files.get(path) as Uint8Array)
  files.set(path, encodeModel({ ...model, graph: withSkipNorms(model.graph) }))
  const fused = { ...init, openFiles: async () => files }
  const whole = await answers(fused, 'node')
  expect(whole.flat().length).toBeGreaterThan(20)
  expect(await splitAnswers(fused, { tabs: 2, where: 'node' })).toEqual(whole)
})
