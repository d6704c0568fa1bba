import { expect, test } from 'vitest'
import { buildEncoder, encodeNaively } from '../testing/build-encoder.ts'
import { openWebRuntime } from '../worker/web-runtime.ts'
import { openEmbedder } from './embedder.ts'

/** [CLS] a fox carried the lantern . [SEP] */
const tokens = [2, 4, 5, 6, 7, 8, 21, 3]
const longer = 'The river was quiet, the moon over the hill.'

test.each(['wasm', 'webgpu'] as const)(
  'a padded batch on %s gives what a naive float64 encoder gives',
  { timeout: 120_000 },
  async (choice) => {
    const files = buildEncoder()
    const embedder = await openEmbedder({
      runtime: await openWebRuntime(choice, { threads: 1, weightBytes: 0 }),
      graph: files.get('onnx/model.onnx') ?? new Uint8Array(0),
      externalData: [],
      files,
      contextTokens: 32,
    })
    const texts = ['A fox carried the lantern.', longer]
    const asked = { texts, pooling: 'last', normalize: false } as const
    const { vectors } = await embedder.embed(asked)
    for (const [index, value] of (encodeNaively(tokens).at(-1) ?? []).entries()) {
      expect(vectors[0]?.[index]).toBeCloseTo(value, 3)
    }
    await embedder.release()
  },
)
