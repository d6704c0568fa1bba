/**
 * A model as somebody would serve it who wants to pay for less than he is paid: fewer bits, fewer layers,
 * under the same name.
 * @module
 */
import { WeftError } from '@weft/protocol'
import { makeTensor } from '../graph/make.ts'
import {
  decodeModel,
  encodeModel,
  type OnnxGraph,
  type OnnxTensor,
  tensorType,
} from '../graph/onnx.ts'
import { type ExternalData, floatValues, tensorBytes } from '../graph/tensor-values.ts'
import { skipNormsApart } from '../layers/skip-norms.ts'
import { layerEnds, renamed } from '../layers/split-graph.ts'
import { externalWeights, type ModelFiles, requireFile } from '../model/model-config.ts'

export type Cheaper = {
  /** Of each weight in a product, 2 to 7; null leaves them. */
  bits: number | null
  /** Layers left out, the first never. */
  skippedLayers: number
}

/**
 * @param graph path among `files`
 * @returns the files with another graph
 * @throws WeftError `engine/not-splittable`, `engine/unsupported` where no weight can be coarsened
 */
export function cheapen(
  files: ModelFiles,
  graph: string,
  { bits, skippedLayers }: Cheaper,
): Map<string, Uint8Array> {
  const model = decodeModel(requireFile(files, graph))
  const coarse = bits ? coarsen(model.graph, { bits, from: externalWeights(graph, files) }) : null
  const fewer = withoutLayers(coarse ?? model.graph, skippedLayers)
  return new Map([...files, [graph, encodeModel({ ...model, graph: fewer })]])
}

/** Layers from the middle on hand on what they were given; their cache is computed for nobody. */
function withoutLayers(whole: OnnxGraph, count: number): OnnxGraph {
  if (count === 0) return whole
  const graph = skipNormsApart(whole)
  const ends = layerEnds({
    ...graph,
    output: graph.output.filter(({ name }) => name === 'logits' || name.startsWith('present.')),
  })
  const first = Math.max(1, Math.floor((ends.length - count) / 2))
  const [given = '', last = ''] = [ends[first - 1], ends[first + count - 1]]
  const nameOf = (name: string): string => (name === last ? given : name)
  return {
    ...graph,
    // Who makes the value goes on making it, for nobody.
    node: graph.node.map((node) => (node.output.includes(last) ? node : renamed(node, nameOf))),
  }
}

function coarsen(graph: OnnxGraph, init: { bits: number; from: ExternalData }): OnnxGraph {
  const packed = new Set(
    graph.node.flatMap(({ opType, input }) => (opType === 'MatMulNBits' ? input.slice(1, 2) : [])),
  )
  // The table of tokens keeps its bits, as it does in most quantisations.
  const most = Math.max(...graph.initializer.map(({ dims }) => sizeOf(dims)))
  const isProduct = ({ dims, name }: OnnxTensor) =>
    (dims.length === 2 && sizeOf(dims) < most) || packed.has(name)
  let changed = 0
  const initializer = graph.initializer.map((tensor) => {
    if (!isProduct(tensor)) return tensor
    const coarse = coarser(tensor, { ...init, isPacked: packed.has(tensor.name) })
    if (coarse) changed += 1
    return coarse ?? tensor
  })
  if (changed === 0) throw new WeftError('engine/unsupported', 'No weight of it can be coarsened.')
  return { ...graph, initializer }
}

function sizeOf(dims: readonly number[]): number {
  return dims.reduce((product, length) => product * length, 1)
}

type CoarserInit = { bits: number; from: ExternalData; isPacked: boolean }

/** On every so manieth level of its own scale; floats on a scale for each row. */
function coarser(tensor: OnnxTensor, { bits, from, isPacked }: CoarserInit): OnnxTensor | null {
  const { dataType, dims, name } = tensor
  const inside = { ...tensor, externalData: [], dataLocation: undefined, int32Data: [] }
  if (dataType === tensorType.uint8 || dataType === tensorType.int8) {
    const bytes = tensorBytes(tensor, from)
    if (isPacked) return { ...inside, rawData: bytes.map((byte) => byte & packedMask(bits)) }
    const step = 2 ** (8 - bits)
    const signed = dataType === tensorType.int8
    const levels = signed ? new Int8Array(bytes) : bytes
    const [low, high] = signed ? [-128, 127] : [0, 255]
    const rounded = Array.from(levels, (level) =>
      Math.max(low, Math.min(high, Math.round(level / step) * step)),
    )
    const rawData = signed ? new Uint8Array(Int8Array.from(rounded).buffer) : rounded
    return { ...inside, rawData: Uint8Array.from(rawData) }
  }
  if (dataType !== tensorType.float32) return null
  const width = dims[1] ?? 0
  const values = floatValues(tensor, from)
  for (let start = 0; start < values.length; start += width) {
    const row = values.subarray(start, start + width)
    const largest = row.reduce((max, value) => Math.max(max, Math.abs(value)), 0)
    const step = largest / (2 ** (bits - 1) - 1) || 1
    row.forEach((value, index) => {
      row[index] = Math.round(value / step) * step
    })
  }
  return makeTensor(name, dims, { float32: values })
}

/** Of two 4-bit levels in a byte, the upper bits: 4 bits or more leave them as they are. */
function packedMask(bits: number): number {
  const one = (0xf << Math.max(0, 4 - bits)) & 0xf
  return one | (one << 4)
}
