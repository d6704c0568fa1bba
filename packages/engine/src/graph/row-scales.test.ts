import { expect, test } from 'vitest'
import { largestDifference, relativeDifference } from '../testing/build-model/compare.ts'
import {
  exact,
  layouts,
  numbers,
  out,
  quantizedModel,
  run,
  within,
} from '../testing/quantised-product.ts'
import { makeNode } from './make.ts'
import { toRowScales } from './row-scales.ts'

const cases = layouts.flatMap((layout) =>
  (['node', 'wasm'] as const).map((runtime) => ({ ...layout, runtime })),
)

/** Five rows, each a tenth of the one before. */
const x = numbers(5 * within, 0.9).map((value, at) => value * 10 ** -Math.floor(at / within))

test.each(cases)(
  '$weight weights, channels $perChannel, zero points $zero, opset $opset, on $runtime',
  async ({ runtime, ...layout }) => {
    const { model, weights } = quantizedModel(layout)
    const { graph, turned, left } = toRowScales(model)
    expect({ turned, left }).toEqual({ turned: 1, left: 0 })
    const edited = { ...model, graph }
    const together = await run(runtime, { model: edited, x })
    for (let row = 0; row < 5; row += 1) {
      const one = x.subarray(row * within, (row + 1) * within)
      const alone = await run(runtime, { model: edited, x: one })
      const shared = together.subarray(row * out, (row + 1) * out)
      expect(largestDifference(alone, shared)).toBe(0)
      expect(relativeDifference(exact(one, weights), alone)).toBeLessThan(0.01)
    }
    // What it mends: the row a ten-thousandth of the first is lost when they share one scale.
    const last = exact(x, weights).subarray(4 * out)
    const before = await run(runtime, { model, x })
    expect(relativeDifference(last, before.subarray(4 * out))).toBeGreaterThan(0.5)
  },
)

test.each(['node', 'wasm'] as const)('a row of zeros gives zeros on %s', async (runtime) => {
  const { model } = quantizedModel({ weight: 'int8', perChannel: true, zero: true, opset: 17 })
  const edited = { ...model, graph: toRowScales(model).graph }
  const y = await run(runtime, { model: edited, x: new Float32Array(within) })
  expect(y.every((value) => value === 0)).toBe(true)
})

test('leaves a quantisation that something else reads', () => {
  const { model } = quantizedModel({ weight: 'int8', perChannel: true, zero: true, opset: 17 })
  const node = [...model.graph.node, makeNode('Identity', { input: ['xq'], output: ['shown'] })]
  const graph = { ...model.graph, node }
  expect(toRowScales({ ...model, graph })).toEqual({ graph, turned: 0, left: 1 })
})
