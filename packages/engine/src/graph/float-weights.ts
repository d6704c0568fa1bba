/**
 * MatMulNBits as MatMul over float32 weights. ONNX Runtime Web has no such kernel on the CPU: it turns
 * the weights into floats again at every step (59 ms against 8.7 for 40 products of 576 by 1,536 with
 * one row). The products are the same; memory grows eightfold, so the caller sets a bound.
 * @module
 */
import { lookup } from './lookup.ts'
import { intAttribute, makeNode, makeTensor } from './make.ts'
import { type OnnxGraph, type OnnxNode, type OnnxTensor, tensorType } from './onnx.ts'
import { badWeight, type ExternalData, floatValues, tensorBytes } from './tensor-values.ts'
import { withoutUnread } from './without-unread.ts'

export type FloatWeightsInit = {
  externalData: ExternalData
  /** Products are turned from the first on, as long as their weights come to no more. */
  maxBytes: number
}

export type FloatWeights = { graph: OnnxGraph; turned: number; left: number }

type Blocks = {
  /** Rows, [out]. */
  out: number
  /** Columns, [in]. */
  within: number
  bits: 4 | 8
  blockSize: number
  levels: Uint8Array
  scales: Float32Array
  /** By block; the middle of the range when the node has none. */
  zeroPoint: (row: number, block: number) => number
}

export function toFloatWeights(graph: OnnxGraph, init: FloatWeightsInit): FloatWeights {
  const { constant } = lookup(graph)
  const added: OnnxTensor[] = []
  const made = new Set<string>()
  let bytesLeft = init.maxBytes
  let turned = 0
  let left = 0
  const node = graph.node.flatMap((each) => {
    if (each.opType !== 'MatMulNBits') return [each]
    const blocks = readBlocks(each, { constant, externalData: init.externalData })
    const [input = '', weight = '', , , , bias = ''] = each.input
    const name = `${weight}_float`
    const bytes = blocks && !made.has(name) ? blocks.out * blocks.within * 4 : 0
    if (!blocks || bytes > bytesLeft) {
      left += 1
      return [each]
    }
    bytesLeft -= bytes
    turned += 1
    if (!made.has(name)) {
      added.push(makeTensor(name, [blocks.within, blocks.out], { float32: dequantize(blocks) }))
      made.add(name)
    }
    return product({ node: each, input: [input, name], bias })
  })
  return { graph: withoutUnread({ ...graph, node }, added), turned, left }
}

function product(init: { node: OnnxNode; input: string[]; bias: string }): OnnxNode[] {
  const { node, input, bias } = init
  const { name, output } = node
  if (bias === '') return [makeNode('MatMul', { input, output, name })]
  const sum = `${output[0]}_unbiased`
  return [
    makeNode('MatMul', { input, output: [sum], name }),
    makeNode('Add', { input: [sum, bias], output, name: `${name}_bias` }),
  ]
}

type ReadInit = {
  constant: (name: string) => OnnxTensor | undefined
  externalData: ExternalData
}

/** @returns null for a layout that is none of float scales over 4 or 8 bits in row order */
function readBlocks(node: OnnxNode, { constant, externalData }: ReadInit): Blocks | null {
  const [, weightName = '', scaleName = '', zeroName = '', groupName = ''] = node.input
  const [weight, scale] = [constant(weightName), constant(scaleName)]
  const out = intAttribute(node, 'N') ?? 0
  const within = intAttribute(node, 'K') ?? 0
  const blockSize = intAttribute(node, 'block_size') ?? 0
  const bits = intAttribute(node, 'bits') ?? 4
  if (!weight || !scale || groupName !== '' || (bits !== 4 && bits !== 8)) return null
  if (scale.dataType !== tensorType.float32) return null
  const blocks = Math.ceil(within / blockSize)
  const levels = tensorBytes(weight, externalData)
  const scales = floatValues(scale, externalData)
  if (levels.length * 8 !== out * blocks * blockSize * bits || scales.length !== out * blocks) {
    throw badWeight(
      weight,
      `Not ${out} rows of ${blocks} blocks of ${blockSize} times ${bits} bits`,
    )
  }
  const zero = zeroName === '' ? undefined : constant(zeroName)
  if (zeroName !== '' && !zero) return null
  const middle = 2 ** (bits - 1)
  const zeroPoint = zero ? readZeroPoints(zero, { externalData, bits, blocks }) : () => middle
  return { out, within, bits, blockSize, levels, scales, zeroPoint }
}

/** Packed like the levels, each row from a whole byte on; or floats, one a block. */
function readZeroPoints(
  zero: OnnxTensor,
  { externalData, bits, blocks }: { externalData: ExternalData; bits: 4 | 8; blocks: number },
): Blocks['zeroPoint'] {
  if (zero.dataType !== tensorType.uint8) {
    const floats = floatValues(zero, externalData)
    return (row, block) => floats[row * blocks + block] ?? 0
  }
  const bytes = tensorBytes(zero, externalData)
  if (bits === 8) return (row, block) => bytes[row * blocks + block] ?? 0
  const rowBytes = Math.ceil(blocks / 2)
  return (row, block) => {
    const byte = bytes[row * rowBytes + (block >> 1)] ?? 0
    return block % 2 === 0 ? byte & 15 : byte >> 4
  }
}

/** (level - zero) · scale, as MatMulNBits computes it, [in, out]. */
function dequantize({ out, within, bits, blockSize, ...blocks }: Blocks): Float32Array {
  const { levels, scales, zeroPoint } = blocks
  const blockCount = Math.ceil(within / blockSize)
  const result = new Float32Array(within * out)
  // A band of rows at a time, so that a cache line of the result is filled while it is near.
  for (let band = 0; band < out; band += 16) {
    for (let block = 0; block < blockCount; block += 1) {
      const end = Math.min(blockSize, within - block * blockSize)
      for (let row = band; row < Math.min(out, band + 16); row += 1) {
        const index = row * blockCount + block
        const scale = scales[index] ?? 0
        const zero = zeroPoint(row, block)
        for (let at = 0; at < end; at += 1) {
          const position = index * blockSize + at
          const byte = levels[bits === 8 ? position : position >> 1] ?? 0
          const level = bits === 8 ? byte : position % 2 === 0 ? byte & 15 : byte >> 4
          result[(block * blockSize + at) * out + row] = (level - zero) * scale
        }
      }
    }
  }
  return result
}
