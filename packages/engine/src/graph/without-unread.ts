/**
 * Weights that nothing reads any more would still be loaded.
 * @module
 */
import { lookup } from './lookup.ts'
import type { OnnxGraph, OnnxTensor } from './onnx.ts'

/** The graph with new weights, and without the old ones that an edit left unread. */
export function withoutUnread(graph: OnnxGraph, added: readonly OnnxTensor[]): OnnxGraph {
  const values = lookup(graph)
  const nested = graph.node.some(({ attribute }) => attribute.some(({ g }) => g))
  const shown = new Set(graph.output.map(({ name }) => name))
  const read = ({ name }: OnnxTensor) => values.consumers(name).length > 0 || shown.has(name)
  const initializer = nested ? graph.initializer : graph.initializer.filter(read)
  return { ...graph, initializer: [...initializer, ...added] }
}
