/**
 * What is broken, wrong or absurd is refused with a sentence that a person understands, and the
 * engine goes on.
 */
import { greedySampling, type Message } from '@weft/protocol'
import { afterEach, describe, expect, test } from 'vitest'
import type { Engine, LoadInit } from './engine.ts'
import { decodeModel, encodeModel, type OnnxModelWithGraph } from './graph/onnx.ts'
import { createLocalEngine } from './local-engine.ts'
import { createChatTokenizer } from './model/chat-tokenizer.ts'
import { readModelConfig } from './model/model-config.ts'
import { graphPath } from './testing/build-model/build-model.ts'
import { defaultRecipe } from './testing/build-model/recipe.ts'
import { builtModelInit } from './testing/built-model.ts'
import { openNodeWasm } from './testing/node-wasm.ts'
import { collect, story } from './testing/reference-runs.ts'

const engines: Engine[] = []
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.close()
})

async function open(): Promise<Engine> {
  const runtime = await openNodeWasm()
  const engine = createLocalEngine({ openRuntime: async () => runtime })
  engines.push(engine)
  return engine
}

const graph = graphPath(defaultRecipe)
const weights = `${graph}_data`
type Files = Map<string, Uint8Array>

/** The sentence, and what it says beside. */
const says = (message: RegExp, fact = /./) =>
  expect.objectContaining({
    message: expect.stringMatching(message),
    facts: expect.arrayContaining([expect.stringMatching(fact)]),
  })

/** Its files changed between the manifest and the load, as if no hash had been looked at. */
async function damage(init: LoadInit, change: (files: Files) => void): Promise<LoadInit> {
  const files: Files = new Map(await init.openFiles({}))
  change(files)
  return { ...init, openFiles: async () => files }
}

function editGraph(files: Files, edit: (model: OnnxModelWithGraph) => void): void {
  const model = decodeModel(files.get(graph) as Uint8Array)
  edit(model)
  files.set(graph, encodeModel(model))
}

/** Flips the highest bit of the exponent of one float32 in the middle. */
function flipBit(bytes: Uint8Array): Uint8Array {
  const flipped = bytes.slice()
  const at = Math.floor(bytes.length / 8) * 4 + 3
  flipped[at] = (flipped[at] ?? 0) ^ 0x40
  return flipped
}

describe('files', () => {
  test.each<[string, (files: Files) => void, RegExp, RegExp]>([
    [
      'a graph that ends early',
      (files) => files.set(graph, (files.get(graph) as Uint8Array).slice(0, 3000)),
      /damaged or is not an ONNX model/,
      /Bytes: 3000/,
    ],
    [
      'weights that end early',
      (files) => files.set(weights, (files.get(weights) as Uint8Array).slice(0, 50_000)),
      /cannot be read. Download it again/,
      /model.onnx_data/,
    ],
    [
      'weights that are missing',
      (files) => files.delete(weights),
      /cannot be read. Download it again/,
      /model.onnx_data/,
    ],
    [
      'one flipped bit in the weights',
      (files) => files.set(weights, flipBit(files.get(weights) as Uint8Array)),
      /computes this model wrongly.*download the model again/,
      /Equal tokens/,
    ],
    [
      'an output that is missing',
      (files) =>
        editGraph(files, (model) => {
          model.graph.output = model.graph.output.filter(({ name }) => !name.includes('.1.key'))
        }),
      /not a decoder that Weft can run/,
      /past_key_values.1.key/,
    ],
    [
      'logits that are missing',
      (files) =>
        editGraph(files, (model) => {
          model.graph.output = model.graph.output.filter(({ name }) => name !== 'logits')
        }),
      /not a decoder that Weft can run/,
      /no output logits/,
    ],
  ])('%s', async (_, change, sentence, fact) => {
    const init = await builtModelInit({ externalData: true })
    const engine = await open()
    await expect(engine.load(await damage(init, change))).rejects.toThrow(says(sentence, fact))
    await engine.load(init)
    expect((await collect(engine.generate(story))).tokens.length).toBeGreaterThan(0)
  })

  test('weights of another model of the same shape', async () => {
    const other = await (await builtModelInit({ externalData: true, seed: 2 })).openFiles({})
    const init = await builtModelInit({ externalData: true })
    const swapped = await damage(init, (files) =>
      files.set(weights, other.get(weights) as Uint8Array),
    )
    await expect((await open()).load(swapped)).rejects.toThrow(
      says(/computes this model wrongly.*download the model again/),
    )
  })

  test('a tokenizer of a larger vocabulary', async () => {
    const shape = { ...defaultRecipe.shape, vocab: 5000 }
    const other = await (await builtModelInit({ shape })).openFiles({})
    const init = await builtModelInit()
    const mixed = await damage(init, (files) =>
      files.set('tokenizer.json', other.get('tokenizer.json') as Uint8Array),
    )
    await expect((await open()).load(mixed)).rejects.toThrow(
      says(/tokenizer of this model belongs to another/, /5000 tokens, the graph 4096/),
    )
  })
})

describe('questions', () => {
  test.each([
    ['a temperature below zero', { temperature: -1 }, /temperature/],
    ['a temperature that is no number', { temperature: Number.NaN }, /temperature/],
    ['more than all of the probability', { topP: 1.5 }, /topP/],
    ['a penalty of nothing', { repetitionPenalty: 0 }, /repetitionPenalty/],
    [
      'a bias for a token that there is not',
      { logitBias: [{ token: 999_999, bias: 1 }] },
      /token/i,
    ],
  ])('%s', async (_, change, fact) => {
    const engine = await open()
    await engine.load(await builtModelInit())
    const asked = engine.generate({ ...story, sampling: { ...greedySampling, ...change } })
    await expect(collect(asked)).rejects.toThrow(
      says(/settings for choosing words cannot be used/, fact),
    )
    expect((await collect(engine.generate(story))).tokens.length).toBeGreaterThan(0)
  })

  test('a weight that is not a number is found by the answer that meets it alone', async () => {
    const init = await builtModelInit()
    const tokenizer = createChatTokenizer(readModelConfig(await init.openFiles({})))
    const meets: Message[] = [{ role: 'user', content: 'The zebra quilt, please.' }]
    const known = tokenizer.encodeChat(story.messages)
    const [token = 0] = tokenizer.encodeChat(meets).filter((each) => !known.includes(each))
    const broken = await damage(init, (files) =>
      editGraph(files, ({ graph: { initializer } }) => {
        const table = initializer.find(({ name }) => name === 'model.embed_tokens.weight')
        const width = defaultRecipe.shape.width * 4
        // NaN in all its numbers.
        table?.rawData?.fill(0xff, token * width, (token + 1) * width)
      }),
    )
    const engine = await open()
    await engine.load(broken)
    const alone = await collect(engine.generate(story))
    const long = new Array<number>(200).fill(9)
    const scored = [
      { ...story, answer: long, claim: null },
      { ...story, messages: meets, answer: [5, 6], claim: null },
    ]
    const [together, failed, scores] = await Promise.allSettled([
      collect(engine.generate(story)),
      collect(engine.generate({ ...story, messages: meets })),
      engine.score(scored, { topK: 2, hiddenStates: false }),
    ])
    expect(together).toEqual({ status: 'fulfilled', value: alone })
    expect(failed).toMatchObject({
      reason: { code: 'engine/bad-logits', message: expect.stringContaining('not a number') },
    })
    expect(scores).toMatchObject({ reason: { code: 'engine/bad-logits' } })
    // The other score does not go on for nobody.
    await expect.poll(engine.memory).toMatchObject({ runningJobs: 0, kvBytes: 0 })
  })

  test('a conversation that is too long says by how much', async () => {
    const engine = await open()
    await engine.load(await builtModelInit())
    const messages: Message[] = [{ role: 'user', content: 'and on '.repeat(600) }]
    await expect(collect(engine.generate({ ...story, messages }))).rejects.toThrow(
      says(/longer than|too long|context/),
    )
  })
})
