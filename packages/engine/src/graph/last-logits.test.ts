import { readFileSync } from 'node:fs'
import * as nodeOrt from 'onnxruntime-node'
import type { Tensor } from 'onnxruntime-web'
import * as webOrt from 'onnxruntime-web/wasm'
import { expect, test } from 'vitest'
import { decoderGraph } from '../testing/build-model/decoder-graph.ts'
import { type Dtype, defaultRecipe, tinyShape } from '../testing/build-model/recipe.ts'
import { runStep } from '../testing/build-model/run-graph.ts'
import { chooseLogitRows, hiddenRows, logitRows } from './last-logits.ts'
import { decodeModel, encodeModel } from './onnx.ts'

webOrt.env.wasm.numThreads = 1

const dtypes: Dtype[] = ['fp32', 'fp16', 'q8w', 'q8', 'q4', 'q4f16']
const runtimes = { node: nodeOrt as typeof webOrt, wasm: webOrt }
const tokens = [
  Array.from({ length: 9 }, (_, index) => (index * 131 + 7) % 4096),
  Array.from({ length: 9 }, (_, index) => (index * 57 + 3000) % 4096),
]
const { vocab, width } = tinyShape
const options = {
  extra: { session: { disable_quant_qdq: '1' } },
  intraOpNumThreads: 1,
  logSeverityLevel: 3 as const,
}

test.each(Object.keys(runtimes).flatMap((name) => dtypes.map((dtype) => [dtype, name] as const)))(
  '%s on %s: asked rows equal those of all',
  async (dtype, name) => {
    const ort = runtimes[name as keyof typeof runtimes]
    const recipe = { ...defaultRecipe, dtype }
    const model = decoderGraph(recipe)
    const open = (bytes: Uint8Array) => ort.InferenceSession.create(bytes, options)
    const before = await open(encodeModel(model))
    const all = (await runStep(before, { ort, recipe, tokens })).outputs.logits as Tensor

    const graph = chooseLogitRows(model.graph)
    if (!graph) throw new Error('The head was not found.')
    const after = await open(encodeModel({ ...model, graph }))
    // q8 has one scale for all rows of a step: only all of them give the same numbers.
    const rows = dtype === 'q8' ? Array.from({ length: 18 }, (_, row) => row) : [17, 3, 3]
    const feeds = {
      [logitRows]: new ort.Tensor('int64', BigInt64Array.from(rows.map(BigInt)), [rows.length]),
    }
    const { outputs } = await runStep(after, { ort, recipe, tokens, feeds })
    expect(outputs.logits?.dims).toEqual([rows.length, vocab])
    expect(outputs[hiddenRows]?.dims).toEqual([rows.length, width])
    const logits = outputs.logits?.data as Float32Array
    for (const [index, row] of rows.entries()) {
      const expected = (all.data as Float32Array).subarray(row * vocab, (row + 1) * vocab)
      const actual = logits.subarray(index * vocab, (index + 1) * vocab)
      const difference = expected.reduce(
        (most, value, at) => Math.max(most, Math.abs(value - (actual[at] ?? 0))),
        0,
      )
      expect(difference).toBeLessThan(dtype.endsWith('16') ? 0.02 : 1e-4)
    }
  },
)

test('finds the head of the embedded model', () => {
  const path = new URL(
    '../../../../public/models/bobbin/onnx/model_quantized.onnx',
    import.meta.url,
  )
  expect(chooseLogitRows(decodeModel(new Uint8Array(readFileSync(path))).graph)).not.toBeNull()
})

test('leaves a graph that chooses itself, and one that is no decoder', () => {
  expect(
    chooseLogitRows(decoderGraph({ ...defaultRecipe, numLogitsToKeep: true }).graph),
  ).toBeNull()
  const path = new URL('../testing/identity.onnx', import.meta.url)
  expect(chooseLogitRows(decodeModel(new Uint8Array(readFileSync(path))).graph)).toBeNull()
})
