/**
 * Who makes and who reads a value of a graph.
 * @module
 */
import type { OnnxGraph, OnnxNode, OnnxTensor } from './onnx.ts'

export type Lookup = {
  /** @returns undefined for inputs and weights */
  producer(name: string): OnnxNode | undefined
  /** Nodes of this graph that read it; subgraphs are not looked into. */
  consumers(name: string): readonly OnnxNode[]
  /** A weight, or the value of a Constant node. */
  constant(name: string): OnnxTensor | undefined
}

export function lookup(graph: OnnxGraph): Lookup {
  const producers = new Map(graph.node.flatMap((node) => node.output.map((name) => [name, node])))
  const constants = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]))
  const consumers = Map.groupBy(
    graph.node.flatMap((node) => node.input.map((name) => ({ name, node }))),
    ({ name }) => name,
  )
  return {
    producer: (name) => producers.get(name),
    consumers: (name) => (consumers.get(name) ?? []).map(({ node }) => node),
    constant(name) {
      const node = producers.get(name)
      if (node?.opType === 'Constant') return node.attribute.find(({ t }) => t)?.t
      return constants.get(name)
    },
  }
}
