/**
 * Products of block-quantised weights without rounding of the activations. `accuracy_level` 4 lets
 * ONNX Runtime round those to int8: logits move by up to 0.5 and other tokens win, while backends that
 * have no such kernel ignore it. Work that others recompute needs the exact product.
 * @module
 */
import type { OnnxGraph } from './onnx.ts'

export function atFullAccuracy(graph: OnnxGraph): OnnxGraph {
  const node = graph.node.map((each) =>
    each.opType === 'MatMulNBits'
      ? { ...each, attribute: each.attribute.filter(({ name }) => name !== 'accuracy_level') }
      : each,
  )
  return { ...graph, node }
}
