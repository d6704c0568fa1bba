/**
 * Writes a graph node by node; each call names its own output.
 * @module
 */
import { type AttributeValue, makeNode, makeTensor, type TensorData } from '../../graph/make.ts'
import { empty, type OnnxGraph } from '../../graph/onnx.ts'

type NodeOptions = {
  attributes?: Record<string, AttributeValue>
  domain?: string
  /** Names of the outputs; one that is made up otherwise. */
  output?: readonly string[]
}

export type GraphWriter = {
  graph: OnnxGraph
  /** @returns the name of the first output */
  node(opType: string, input: readonly string[], options?: NodeOptions): string
  /** @returns its name; a second tensor of that name is left out */
  tensor(name: string, dims: readonly number[], data: TensorData): string
  /** An int64 constant, [length]. */
  ints(...values: number[]): string
  /** An int64 scalar. */
  int(value: number): string
}

export function createGraphWriter(name: string): GraphWriter {
  const graph = { ...empty.graph(), name }
  const tensors = new Set<string>()
  let count = 0
  const tensor: GraphWriter['tensor'] = (tensorName, dims, data) => {
    if (!tensors.has(tensorName)) graph.initializer.push(makeTensor(tensorName, dims, data))
    tensors.add(tensorName)
    return tensorName
  }
  return {
    graph,
    node(opType, input, { output, ...options } = {}) {
      count += 1
      const outputs = output ?? [`/${opType}_${count}`]
      graph.node.push(makeNode(opType, { input, output: outputs, ...options, name: `n${count}` }))
      return outputs[0] ?? ''
    },
    tensor,
    ints: (...values) => tensor(`ints_${values.join('_')}`, [values.length], { int64: values }),
    int: (value) => tensor(`int_${value}`, [], { int64: [value] }),
  }
}
