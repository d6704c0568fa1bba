import { readFileSync } from 'node:fs'
import { type EmbeddingManifest, WeftError } from '@weft/protocol'
import { afterEach, describe, expect, test } from 'vitest'
import type { ModelFiles, Pooling } from '../engine.ts'
import { requireFile } from '../model/model-config.ts'
import type { Runtime } from '../runtime.ts'
import { buildEncoder, type EncoderOptions, encodeNaively } from '../testing/build-encoder.ts'
import { nodeCpu, readBobbin } from '../testing/node-model.ts'
import { watchRuns } from '../testing/watch-runs.ts'
import { type Embedder, openEmbedder } from './embedder.ts'
import { makeKnownEmbedding, selfTestEmbedding } from './known-embedding.ts'

const code = (value: string) => expect.objectContaining({ code: value })
/** Ids by the fixture's vocabulary: [CLS] a fox carried the lantern . [SEP] */
const sentence = { text: 'A fox carried the lantern.', tokens: [2, 4, 5, 6, 7, 8, 21, 3] }
const texts = [
  sentence.text,
  'moon',
  'the river was quiet, the moon over the hill',
  'boats',
  'a fox',
]

const opened: Embedder[] = []
afterEach(async () => {
  for (const embedder of opened.splice(0)) await embedder.release()
})

async function open(
  files: ModelFiles = buildEncoder(),
  { runtime = nodeCpu, contextTokens = 32 }: { runtime?: Runtime; contextTokens?: number } = {},
): Promise<Embedder> {
  const graph = requireFile(files, 'onnx/model.onnx')
  const embedder = await openEmbedder({ runtime, files, graph, externalData: [], contextTokens })
  opened.push(embedder)
  return embedder
}

async function embedOne(options: EncoderOptions, pooling: Pooling | null): Promise<number[]> {
  const embedder = await open(buildEncoder(options))
  const { vectors } = await embedder.embed({ texts: [sentence.text], pooling, normalize: false })
  return [...(vectors[0] ?? [])]
}

function expectClose(actual: ArrayLike<number>, expected: readonly number[], digits = 4): void {
  expect(actual.length).toBe(expected.length)
  for (const [index, value] of expected.entries()) expect(actual[index]).toBeCloseTo(value, digits)
}

describe('against a naive float64 encoder', () => {
  const states = encodeNaively(sentence.tokens)
  const mean = states[0]?.map(
    (_, i) => states.reduce((sum, state) => sum + (state[i] ?? 0), 0) / states.length,
  )
  const expected: Record<Pooling, number[]> = {
    mean: mean ?? [],
    cls: states[0] ?? [],
    last: states.at(-1) ?? [],
  }

  test.each(Object.keys(expected) as Pooling[])('%s pooling', async (pooling) => {
    expectClose(await embedOne({}, pooling), expected[pooling])
  })

  test.each([
    ['pooling_mode_cls_token', 'cls'],
    ['pooling_mode_lasttoken', 'last'],
    ['pooling_mode_mean_tokens', 'mean'],
  ] as const)('the folder says %s', async (poolingMode, pooling) => {
    expectClose(await embedOne({ poolingMode }, null), expected[pooling])
  })

  test("the graph's own vector is taken for the pooling of its folder only", async () => {
    const options = { poolingMode: 'pooling_mode_cls_token', sentenceOutput: true }
    expectClose(
      await embedOne(options, null),
      expected.cls.map((value) => 2 * value),
    )
    expectClose(await embedOne(options, 'mean'), expected.mean)
  })

  test('normalised vectors have length 1 and the same direction', async () => {
    const embedder = await open()
    const { vectors, inputTokens } = await embedder.embed({
      texts: [sentence.text],
      pooling: 'cls',
      normalize: true,
    })
    const length = Math.hypot(...expected.cls)
    expectClose(
      vectors[0] ?? [],
      expected.cls.map((value) => value / length),
    )
    expect(inputTokens).toBe(sentence.tokens.length)
  })
})

test('int8 weights and activations keep the direction of a vector', async () => {
  const exact = await embedOne({}, 'cls')
  const rounded = await embedOne({ dtype: 'q8' }, 'cls')
  const dot = exact.reduce((sum, value, index) => sum + value * (rounded[index] ?? 0), 0)
  expect(dot / (Math.hypot(...exact) * Math.hypot(...rounded))).toBeGreaterThan(0.99)
  expect(rounded).not.toEqual(exact)
})

describe('batches', () => {
  test.each(['fp32', 'q8'] as const)(
    '%s: whoever shares the batch, a vector is the same but for rounding',
    async (dtype) => {
      const embedder = await open(buildEncoder({ dtype }))
      const init = { pooling: null, normalize: true }
      const { vectors, inputTokens } = await embedder.embed({ texts, ...init })
      let alone = 0
      for (const [index, text] of texts.entries()) {
        const one = await embedder.embed({ texts: [text], ...init })
        alone += one.inputTokens
        expectClose(vectors[index] ?? [], [...(one.vectors[0] ?? [])], 6)
        expect(await embedder.embed({ texts: [text], ...init })).toEqual(one)
      }
      expect(inputTokens).toBe(alone)
      expect(new Set(vectors.map((vector) => vector.join())).size).toBe(texts.length)
    },
  )

  test('many texts take several steps, none larger than the bound', async () => {
    const sizes: number[] = []
    const runtime = watchRuns(({ last_hidden_state: states }) => {
      sizes.push((states?.dims[0] ?? 0) * (states?.dims[1] ?? 0))
    })
    const embedder = await open(buildEncoder(), { runtime })
    const many = Array.from({ length: 400 }, (_, index) => texts[index % texts.length] ?? '')
    const { vectors } = await embedder.embed({ texts: many, pooling: null, normalize: false })
    expect(vectors).toHaveLength(400)
    expect(sizes.length).toBeGreaterThan(1)
    expect(Math.max(...sizes)).toBeLessThanOrEqual(2048)
    expectClose(vectors[399] ?? [], [...(vectors[4] ?? [])], 5)
  })

  test('nothing in, nothing out', async () => {
    const embedder = await open()
    const asked = { texts: [], pooling: null, normalize: true }
    expect(await embedder.embed(asked)).toEqual({ vectors: [], inputTokens: 0 })
  })

  test('a cancel ends it between two steps', async () => {
    const controller = new AbortController()
    let steps = 0
    const runtime = watchRuns(() => {
      steps += 1
      controller.abort()
    })
    const embedder = await open(buildEncoder(), { runtime })
    const many = new Array<string>(400).fill(sentence.text)
    const { signal } = controller
    const embedding = embedder.embed({ texts: many, pooling: null, normalize: true }, { signal })
    await expect(embedding).rejects.toThrow(code('protocol/cancelled'))
    expect(steps).toBe(1)
  })
})

test('a release waits for the step under way', async () => {
  const [started, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const runtime = watchRuns(async () => {
    started.resolve()
    await held.promise
  })
  const embedder = await open(buildEncoder(), { runtime })
  const embedding = embedder.embed({ texts: ['moon'], pooling: null, normalize: true })
  await started.promise
  const order: string[] = []
  const released = embedder.release().then(() => order.push('released'))
  await new Promise((resolve) => setTimeout(resolve, 20))
  order.push('held back')
  held.resolve()
  expect((await embedding).vectors).toHaveLength(1)
  await released
  expect(order).toEqual(['held back', 'released'])
})

describe('a decoder as an embedder', () => {
  test('the last token of a padded text sees what it sees alone', async () => {
    const { manifest, files } = readBobbin()
    const graph = requireFile(files, manifest.graph)
    const init = { runtime: nodeCpu, files, graph, externalData: [], contextTokens: 512 }
    const embedder = await openEmbedder(init)
    opened.push(embedder)
    const asked = { pooling: 'last', normalize: true } as const
    const { vectors } = await embedder.embed({ texts, ...asked })
    for (const [index, text] of texts.entries()) {
      const { vectors: alone } = await embedder.embed({ texts: [text], ...asked })
      expectClose(vectors[index] ?? [], [...(alone[0] ?? [])], 5)
    }
  })
})

describe('what goes wrong', () => {
  test('a text over the limit is named, with its limit', async () => {
    const embedder = await open(buildEncoder(), { contextTokens: 10 })
    const asked = { texts: ['moon', texts[2] ?? ''], pooling: null, normalize: true }
    const error = await embedder.embed(asked).catch((thrown) => thrown)
    expect(WeftError.is(error)).toBe(true)
    expect(error).toMatchObject({
      code: 'engine/prompt-too-long',
      message: 'The text is 2 tokens too long for this model. Split it into shorter texts.',
      facts: ['Text: number 2', 'Limit: 10 tokens', 'Actual: 12 tokens'],
    })
  })

  test('a pooling that Weft does not have', async () => {
    const files = buildEncoder({ poolingMode: 'pooling_mode_max_tokens' })
    await expect(open(files)).rejects.toThrow(code('engine/unsupported'))
  })

  test('a graph without vectors, and bytes that are no graph', async () => {
    const files = new Map(buildEncoder())
    const identity = readFileSync(new URL('../testing/identity.onnx', import.meta.url))
    files.set('onnx/model.onnx', new Uint8Array(identity))
    await expect(open(files)).rejects.toThrow(code('engine/unsupported'))
    files.set('onnx/model.onnx', new Uint8Array(100))
    await expect(open(files)).rejects.toThrow(code('engine/bad-graph'))
  })

  test('vectors that are no numbers', async () => {
    const runtime = watchRuns(({ last_hidden_state: states }) => {
      if (states?.data instanceof Float32Array) states.data.fill(Number.NaN)
    })
    const embedder = await open(buildEncoder(), { runtime })
    const asked = { texts, pooling: null, normalize: true }
    await expect(embedder.embed(asked)).rejects.toThrow(code('engine/bad-vectors'))
  })
})

describe('the known answer', () => {
  const change = (known: EmbeddingManifest['knownAnswer'], by: number) => ({
    knownAnswer: {
      ...known,
      components: known.components.with(3, (known.components[3] ?? 0) + by),
    },
  })

  test('is reproduced; another is refused', async () => {
    const embedder = await open()
    const known = await makeKnownEmbedding({
      runtime: nodeCpu,
      files: buildEncoder(),
      graph: 'onnx/model.onnx',
      toleranceAbs: 1e-4,
    })
    expect(known.components).toHaveLength(8)
    const report = await selfTestEmbedding(embedder, change(known, 5e-5))
    expect(report).toMatchObject({ passed: true, maxLogitDifference: expect.closeTo(5e-5) })
    const wrong = selfTestEmbedding(embedder, change(known, 2e-4))
    await expect(wrong).rejects.toThrow(code('engine/self-test'))
  })
})
