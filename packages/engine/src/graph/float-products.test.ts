import { expect, test } from 'vitest'
import { relativeDifference } from '../testing/build-model/compare.ts'
import {
  exact,
  layouts,
  numbers,
  quantizedModel,
  run,
  within,
} from '../testing/quantised-product.ts'
import { toFloatProducts } from './float-products.ts'
import { makeNode } from './make.ts'

const init = { externalData: [], maxBytes: 1e6 }
const x = numbers(5 * within, 0.9)
const cases = layouts.flatMap((layout) =>
  (['node', 'wasm'] as const).map((runtime) => ({ ...layout, runtime })),
)

test.each(cases)(
  '$weight weights, channels $perChannel, zero points $zero, opset $opset, on $runtime',
  async ({ runtime, ...layout }) => {
    const { model, weights } = quantizedModel(layout)
    const { graph, turned, left } = toFloatProducts(model.graph, init)
    expect({ turned, left }).toEqual({ turned: 1, left: 0 })
    expect(graph.node.map(({ opType }) => opType)).toEqual(['MatMul'])
    expect(graph.initializer).toHaveLength(1)
    const y = await run(runtime, { model: { ...model, graph }, x })
    expect(relativeDifference(exact(x, weights), y)).toBeLessThan(1e-6)
  },
)

test('leaves what would take more memory, and what something else reads', () => {
  const { model } = quantizedModel({ weight: 'int8', perChannel: true, zero: true, opset: 17 })
  const left = { graph: model.graph, turned: 0, left: 1 }
  expect(toFloatProducts(model.graph, { ...init, maxBytes: 100 })).toEqual(left)
  for (const shown of ['xq', 'integers', 'cast', 'scales']) {
    const node = [...model.graph.node, makeNode('Identity', { input: [shown], output: ['shown'] })]
    const graph = { ...model.graph, node }
    expect(toFloatProducts(graph, init), shown).toMatchObject({ turned: 0, left: 1 })
  }
})
