import { readFileSync } from 'node:fs'
import { WeftError } from '@weft/protocol'
import fc from 'fast-check'
import * as ort from 'onnxruntime-node'
import { expect, test } from 'vitest'
import { decoderGraph } from '../testing/build-model/decoder-graph.ts'
import { defaultRecipe, tinyShape } from '../testing/build-model/recipe.ts'
import { decodeModel, empty, encodeModel } from './onnx.ts'

const read = (path: string) => new Uint8Array(readFileSync(new URL(path, import.meta.url)))
const bobbin = read('../../../../public/models/bobbin/onnx/model_quantized.onnx')

test('a real model comes back the same, and a second time byte for byte', () => {
  const model = decodeModel(bobbin)
  expect(model.graph.input.map(({ name }) => name)).toContain('past_key_values.0.key')
  const bytes = encodeModel(model)
  expect(decodeModel(bytes)).toEqual(model)
  expect(encodeModel(decodeModel(bytes))).toEqual(bytes)
})

test('weights are views into the file', () => {
  const { initializer } = decodeModel(bobbin).graph
  const largest = initializer.reduce((a, b) =>
    (a.rawData?.length ?? 0) > (b.rawData?.length ?? 0) ? a : b,
  )
  expect(largest.rawData?.length).toBe(4096 * 192)
  expect(largest.rawData?.buffer).toBe(bobbin.buffer)
})

test('ONNX Runtime reads what was written', async () => {
  const session = await ort.InferenceSession.create(encodeModel(decodeModel(bobbin)))
  expect(session.outputNames[0]).toBe('logits')
})

test('keeps all 64 bits and a zero that is written out', () => {
  const ints = [0n, 1n, 127n, 128n, -1n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)]
  const attribute = { ...empty.attribute(), name: 'ends', type: 7, ints, i: 0n, f: 0 }
  const node = { ...empty.node(), opType: 'Slice', attribute: [attribute] }
  const initializer = [
    { ...empty.tensor(), int64Data: ints, int32Data: [-1, 0, 300], dims: [0, 8] },
  ]
  const graph = { ...empty.graph(), node: [node], initializer }
  expect(decodeModel(encodeModel({ ...empty.model(), graph })).graph).toEqual(graph)
})

test('keeps fields that it does not know', () => {
  const unknown = Uint8Array.of((14 << 3) | 2, 3, 1, 2, 3)
  const graph = { ...empty.graph(), name: 'g' }
  const bytes = encodeModel({ ...empty.model(), graph, rest: [unknown] })
  expect(decodeModel(bytes).rest).toEqual([unknown])
})

test('a subgraph in an attribute comes back', () => {
  const inner = { ...empty.graph(), name: 'then', node: [{ ...empty.node(), opType: 'Identity' }] }
  const attribute = { ...empty.attribute(), name: 'then_branch', type: 5, g: inner }
  const node = { ...empty.node(), opType: 'If', attribute: [attribute] }
  const graph = { ...empty.graph(), node: [node] }
  expect(decodeModel(encodeModel({ ...empty.model(), graph })).graph).toEqual(graph)
})

test.each([
  ['nothing', () => new Uint8Array(0)],
  ['a page of HTML', () => new TextEncoder().encode('<!doctype html><title>Not found</title>')],
  ['half a model', () => bobbin.subarray(0, bobbin.length >> 1)],
  ['all but its last byte', () => bobbin.subarray(0, -1)],
  ['graphs within graphs without end', () => nested(200_000)],
])('refuses %s', (_, bytes) => {
  expect(() => decodeModel(bytes())).toThrow(
    expect.objectContaining({
      code: 'engine/bad-graph',
      message: expect.stringContaining('Download'),
    }),
  )
  expect(WeftError.is(catchError(() => decodeModel(bytes())))).toBe(true)
})

test('whatever is done to its bytes, it reads or it says that it cannot', () => {
  const model = encodeModel(decoderGraph({ ...defaultRecipe, shape: { ...tinyShape, vocab: 8 } }))
  const head = model.subarray(0, 6000)
  fc.assert(
    fc.property(fc.nat(head.length - 1), fc.nat(255), fc.nat(head.length), (at, value, length) => {
      const bytes = head.slice(0, length)
      bytes[at] = value
      const error = catchError(() => decodeModel(bytes))
      expect(error === undefined || WeftError.is(error)).toBe(true)
    }),
    { numRuns: 300 },
  )
})

/** Wrong on purpose: every level claims the rest of the file. */
function nested(levels: number): Uint8Array {
  const bytes = new Uint8Array(levels * 18)
  const claim = (offset: number, tag: number) => {
    const left = bytes.length - offset - 6
    bytes[offset] = (tag << 3) | 2
    for (let index = 0; index < 5; index += 1) {
      bytes[offset + 1 + index] = ((left >>> (7 * index)) & 0x7f) | (index < 4 ? 0x80 : 0)
    }
  }
  for (let offset = 0; offset < bytes.length; offset += 18) {
    claim(offset, offset === 0 ? 7 : 6)
    claim(offset + 6, 1)
    claim(offset + 12, 5)
  }
  return bytes
}

function catchError(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  return undefined
}
