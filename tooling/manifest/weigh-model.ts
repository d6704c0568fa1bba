/**
 * How large a model is, counted in its graph: parameters, memory, the largest tensor.
 * @module
 */
import { decodeModel, type ModelFiles, tensorType } from '@weft/engine/local'
import { type Manifest, WeftError } from '@weft/protocol'

type OnnxGraph = ReturnType<typeof decodeModel>['graph']
type OnnxTensor = OnnxGraph['initializer'][number]
type OnnxNode = OnnxGraph['node'][number]

/** Of `config.json`, by its names there. */
export type DecoderShape = {
  hidden_size: number
  num_hidden_layers: number
  num_attention_heads: number
  num_key_value_heads?: number
  head_dim?: number
  max_position_embeddings: number
}

export type Weight = {
  parameters: number
  /** As a backend holds it. */
  largestTensorBytes: number
  /** Of all tensors: scales, zero points and tables are no parameters, but take memory. */
  weightBytes: number
}

/** Inputs of a node that are no parameters: scales, zero points, tables of angles. */
const sideInputs: Record<string, number[]> = {
  DequantizeLinear: [1, 2],
  DynamicQuantizeLinear: [1, 2],
  GatherBlockQuantized: [2, 3],
  GroupQueryAttention: [7, 8],
  MatMulInteger: [2, 3],
  MatMulNBits: [2, 3, 4],
  RotaryEmbedding: [2, 3],
}

/**
 * Such by name: dynamic quantisation multiplies by its scales, and tables of angles are gathered from,
 * as embeddings are.
 */
const notParameters = /_(scale|zero_point)(_\w+)?$|(^|[^a-z])(cos|sin)([^a-z]|$)/i

/** Others are shapes and axes: too small to count. */
const bitsByType: Record<number, number> = {
  [tensorType.float32]: 32,
  [tensorType.float16]: 16,
  [tensorType.int8]: 8,
  [tensorType.uint8]: 8,
  [tensorType.int4]: 4,
  [tensorType.uint4]: 4,
}

/**
 * A weight behind DequantizeLinear becomes float32 once, while its graph loads; its scales and zero
 * points are gone then.
 */
export function weighModel(files: ModelFiles, graphPath: string): Weight {
  const bytes = files.get(graphPath)
  if (!bytes) throw new WeftError('tooling/no-graph', `There is no graph ${graphPath}.`)
  const { graph } = decodeModel(bytes)
  const stored = new Set(graph.initializer.map(({ name }) => name))
  const side = new Set<string>()
  const packed = new Map<string, number>()
  const dequantized = new Set<string>()
  const gone = new Set<string>()
  for (const node of graph.node) {
    const [first = '', ...others] = node.input
    for (const index of sideInputs[node.opType] ?? []) side.add(node.input[index] ?? '')
    if (node.opType === 'MatMulNBits') packed.set(node.input[1] ?? '', valuesOf(node))
    if (node.opType !== 'DequantizeLinear' || !stored.has(first)) continue
    dequantized.add(first)
    for (const name of others) gone.add(name)
  }
  const parameters = graph.initializer
    .filter((tensor) => isWeight(tensor, side))
    .reduce((sum, tensor) => sum + (packed.get(tensor.name) ?? elementsOf(tensor)), 0)
  const held = graph.initializer
    .filter(({ name }) => !gone.has(name))
    .map((tensor) => {
      const bits = dequantized.has(tensor.name) ? 32 : (bitsByType[tensor.dataType ?? 0] ?? 0)
      return (elementsOf(tensor) * bits) / 8
    })
  return {
    parameters,
    largestTensorBytes: held.reduce((most, size) => Math.max(most, size), 0),
    weightBytes: Math.ceil(held.reduce((sum, size) => sum + size, 0)),
  }
}

const elementsOf = ({ dims }: OnnxTensor) => dims.reduce((product, length) => product * length, 1)

/** Constants of the arithmetic have one element or are integers of 32 and more bits. */
function isWeight(tensor: OnnxTensor, side: ReadonlySet<string>): boolean {
  const { name, dataType = 0 } = tensor
  if (elementsOf(tensor) <= 1 || !(dataType in bitsByType)) return false
  return !side.has(name) && !notParameters.test(name)
}

/** K rows of N columns, several to a byte. */
function valuesOf({ attribute }: OnnxNode): number {
  const int = (name: string) => Number(attribute.find((each) => each.name === name)?.i ?? 0)
  return int('K') * int('N')
}

/** Bytes of keys and values of one token. */
export function cacheBytesPerToken(config: DecoderShape, dtype: Manifest['dtype']): number {
  const { hidden_size: width, num_attention_heads: heads } = config
  const { head_dim: headSize = width / heads, num_key_value_heads: keyValueHeads = heads } = config
  const bytesPerValue = dtype === 'fp16' || dtype === 'q4f16' ? 2 : 4
  return 2 * config.num_hidden_layers * keyValueHeads * headSize * bytesPerValue
}
