import * as ort from 'onnxruntime-node'
import { expect, test } from 'vitest'
import { type DenseLayer, readDenseLayers, writeDenseLayers } from './dense-layers.ts'
import { makeNode } from './make.ts'
import { decodeModel, encodeModel } from './onnx.ts'

const layers: DenseLayer[] = [
  {
    weights: [
      [1, -2],
      [0.5, 0.25],
      [-1, 1],
    ],
    biases: [0, 1, -0.5],
  },
  {
    weights: [
      [1, 2, 3],
      [-1, 0.5, 4],
    ],
    biases: [0.125, -3],
  },
]

test('what was written is read, and is what a runtime computes', async () => {
  const bytes = writeDenseLayers(layers)
  expect(readDenseLayers(bytes)).toEqual(layers)
  const session = await ort.InferenceSession.create(bytes)
  const features = new ort.Tensor('float32', [2, 4, 1, 0], [2, 2])
  const { scores, class: classes } = await session.run({ features })
  // Of (2, 4): sums -6, 3, 1.5; of (1, 0): 1, 1.5, -1.5.
  expect([...(scores?.data ?? [])]).toEqual([10.625, 4.5, 4.125, -3.25])
  expect([...(classes?.data ?? [])]).toEqual([0n, 0n])
})

test('refuses graphs that are something else', () => {
  const change = (edit: (model: ReturnType<typeof decodeModel>) => void) => {
    const model = decodeModel(writeDenseLayers(layers))
    edit(model)
    return () => readDenseLayers(encodeModel(model))
  }
  const refused = expect.objectContaining({ code: 'engine/not-dense' })
  const isRefused = (edit: (model: ReturnType<typeof decodeModel>) => void) =>
    expect(change(edit)).toThrow(refused)
  isRefused(({ graph }) =>
    graph.node.splice(1, 1, makeNode('Tanh', { input: ['sums0'], output: ['values0'] })),
  )
  isRefused(({ graph }) => graph.node.splice(0, 1))
  isRefused(({ graph }) => graph.node.splice(2))
  isRefused(({ graph }) =>
    graph.node.push(makeNode('Relu', { input: ['sums0'], output: ['more'] })),
  )
  expect(() => readDenseLayers(new Uint8Array([1, 2, 3]))).toThrow(
    expect.objectContaining({ code: 'engine/bad-graph' }),
  )
})
