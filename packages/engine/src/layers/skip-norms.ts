/**
 * Residual sums out of the norms that they were fused into. As onnxruntime-genai writes a decoder, the
 * sum behind a layer is an output of the next layer's norm, and two values cross from layer to layer;
 * apart, it is one. ONNX Runtime fuses them again where they stay together.
 * @module
 */
import { makeNode } from '../graph/make.ts'
import type { OnnxGraph, OnnxNode } from '../graph/onnx.ts'

const normOf: Record<string, string> = {
  SkipSimplifiedLayerNormalization: 'SimplifiedLayerNormalization',
}

export function skipNormsApart(graph: OnnxGraph): OnnxGraph {
  return { ...graph, node: graph.node.flatMap(apart) }
}

function apart(node: OnnxNode): OnnxNode[] {
  const opType = normOf[node.opType]
  const [input = '', skip = '', gamma = '', bias = ''] = node.input
  const [normed = '', mean = '', inverse = '', shown = ''] = node.output
  if (!opType || node.domain !== 'com.microsoft' || mean || inverse) return [node]
  const sum = shown || `${normed}/weft_sum`
  const first = bias ? `${sum}/weft_unbiased` : sum
  return [
    makeNode('Add', { input: [input, skip], output: [first] }),
    ...(bias ? [makeNode('Add', { input: [first, bias], output: [sum] })] : []),
    {
      ...node,
      opType,
      domain: '',
      input: [sum, gamma],
      output: [normed],
      attribute: [
        ...node.attribute,
        ...makeNode('', { input: [], output: [], attributes: { axis: -1 } }).attribute,
      ],
    },
  ]
}
