/**
 * Logits only where they are asked for. An exported decoder multiplies every position of a prompt by
 * the whole vocabulary, though only the last one is sampled from: half of the time of a prefill in a
 * small model, and gigabytes of logits in a long prompt. The edit takes rows out of the hidden states
 * before that product, and shows them.
 * @module
 */

import { type Lookup, lookup } from './lookup.ts'
import { makeNode, makeValueInfo } from './make.ts'
import { empty, type OnnxGraph, type OnnxNode, tensorType } from './onnx.ts'

/** Input, int64 [n]: positions of the flattened step, row · tokens + token. `logits` is [n, vocabulary]. */
export const logitRows = 'weft_logit_rows'
/** Output, [n, width] in the graph's float type: what the head made those logits of. */
export const hiddenRows = 'weft_hidden'

const flatHidden = 'weft_flat_hidden'

/** Operators that turn each logit by itself: scaling, soft caps, casts. */
const elementwise = ['Cast', 'Identity', 'Mul', 'Div', 'Add', 'Sub', 'Tanh']
const products = ['MatMul', 'MatMulNBits']

type Head = {
  /** The node whose first input the hidden states are. */
  first: OnnxNode
  /** Values from there to the logits. */
  chain: string[]
}

/** @returns null where the head has another form; the graph is then as good as it was */
export function chooseLogitRows(graph: OnnxGraph): OnnxGraph | null {
  if (graph.input.some(({ name }) => name === 'num_logits_to_keep')) return null
  const logits = graph.output.find(({ name }) => name === 'logits')
  const dims = logits?.type?.tensor?.shape?.dim
  const head = findHead(lookup(graph))
  if (!logits || dims?.length !== 3 || !head) return null
  const [hidden = ''] = head.first.input
  const rows = [
    makeNode('Flatten', { input: [hidden], output: [flatHidden], attributes: { axis: 2 } }),
    makeNode('Gather', { input: [flatHidden, logitRows], output: [hiddenRows] }),
  ]
  const vocabulary = dims[2]?.value ?? dims[2]?.parameter ?? ''
  const type = logits.type?.tensor?.elemType ?? tensorType.float32
  return {
    ...graph,
    node: graph.node.flatMap((node) =>
      node === head.first
        ? [...rows, { ...node, input: [hiddenRows, ...node.input.slice(1)] }]
        : [node],
    ),
    input: [
      ...graph.input,
      makeValueInfo(logitRows, { type: tensorType.int64, dims: [logitRows] }),
    ],
    output: [
      ...graph.output.map((output) =>
        output === logits
          ? makeValueInfo('logits', { type, dims: [logitRows, vocabulary] })
          : output,
      ),
      // ONNX Runtime infers its type.
      { ...empty.valueInfo(), name: hiddenRows },
    ],
    valueInfo: graph.valueInfo.filter(({ name }) => !head.chain.includes(name)),
  }
}

/** Walks from the logits up to the last product with a weight. */
function findHead(values: Lookup): Head | null {
  const chain: string[] = []
  for (let name = 'logits'; ; ) {
    chain.push(name)
    const node = values.producer(name)
    if (!node || (chain.length > 1 && values.consumers(name).length > 1)) return null
    if (products.includes(node.opType)) return { first: node, chain }
    if (node.opType === 'MatMulInteger') return quantizedHead(values, { node, chain })
    if (!elementwise.includes(node.opType)) return null
    const next = nextUp(values, node)
    if (next === undefined) return null
    name = next
  }
}

/** The one input that is not constant; of a rescaled integer product, the product. */
function nextUp(values: Lookup, node: OnnxNode): string | undefined {
  const inputs = node.input.filter((name) => !values.constant(name))
  if (inputs.length <= 1) return inputs[0]
  return inputs.find((name) => {
    const cast = values.producer(name)
    return (
      cast?.opType === 'Cast' && values.producer(cast.input[0] ?? '')?.opType === 'MatMulInteger'
    )
  })
}

/** The hidden states pass DynamicQuantizeLinear first, which nothing else may read. */
function quantizedHead(
  values: Lookup,
  { node, chain }: { node: OnnxNode; chain: string[] },
): Head | null {
  const quantize = values.producer(node.input[0] ?? '')
  if (quantize?.opType !== 'DynamicQuantizeLinear') return null
  const [levels = '', scale = ''] = quantize.output
  const scales = values.consumers(scale).map(({ output }) => output[0] ?? '')
  if (values.consumers(levels).length > 1 || scales.length > 1) return null
  return { first: quantize, chain: [...chain, ...quantize.output, ...scales] }
}
