import type { EmbeddingManifest } from '@weft/protocol'
import { beforeAll, expect, test } from 'vitest'
import { createLocalEngine } from '../local-engine.ts'
import { buildEncoder } from '../testing/build-encoder.ts'
import { bobbinInit, loadBobbin, nodeCpu } from '../testing/node-model.ts'
import { story } from '../testing/reference-runs.ts'
import { makeKnownEmbedding } from './known-embedding.ts'

const code = (value: string) => expect.objectContaining({ code: value })
const asked = { texts: ['A fox carried the lantern.', 'moon'], pooling: null, normalize: true }
const graph = 'onnx/model.onnx'
const openRuntime = async () => nodeCpu
const openFiles = async () => buildEncoder({ poolingMode: 'pooling_mode_cls_token' })

let manifest: EmbeddingManifest
beforeAll(async () => {
  const knownAnswer = await makeKnownEmbedding({
    runtime: nodeCpu,
    files: await openFiles(),
    graph,
    toleranceAbs: 1e-4,
  })
  const { manifest: chat } = bobbinInit()
  manifest = { ...chat, task: 'embedding', graph, contextTokens: 32, knownAnswer }
})

test('an engine with a model of vectors embeds, and says that it does not answer', async () => {
  const engine = createLocalEngine({ openRuntime })
  const { selfTest, capabilities } = await engine.load({ manifest, openFiles, backend: 'wasm' })
  expect(selfTest.passed).toBe(true)
  expect(capabilities.contextTokens).toBe(32)
  const { vectors, inputTokens } = await engine.embed(asked)
  expect(vectors.map((vector) => Math.hypot(...vector))).toEqual([
    expect.closeTo(1, 6),
    expect.closeTo(1, 6),
  ])
  expect(inputTokens).toBe(11)
  const answer = engine.generate(story)[Symbol.asyncIterator]()
  await expect(answer.next()).rejects.toThrow(code('engine/unsupported'))
  await engine.close()
  await expect(engine.embed(asked)).rejects.toThrow(code('engine/not-loaded'))
})

test('a device that computes another vector may not serve', async () => {
  const { knownAnswer } = manifest
  const components = knownAnswer.components.with(0, (knownAnswer.components[0] ?? 0) + 0.01)
  const wrong = { ...manifest, knownAnswer: { ...knownAnswer, components } }
  const engine = createLocalEngine({ openRuntime })
  const loading = engine.load({ manifest: wrong, openFiles, backend: 'wasm' })
  await expect(loading).rejects.toThrow(code('engine/self-test'))
  await expect(engine.embed(asked)).rejects.toThrow(code('engine/not-loaded'))
})

test('a model that answers does not embed', async () => {
  const engine = await loadBobbin()
  await expect(engine.embed(asked)).rejects.toThrow(code('engine/unsupported'))
  await engine.close()
})
