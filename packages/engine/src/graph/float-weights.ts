/**
 * MatMulNBits as MatMul over float32 weights. ONNX Runtime Web has no such kernel on the CPU: it turns
 * the weights into floats again at every step (59 ms against 8.7 for 40 products of 576 by 1,536 with
 * one row). The products are the same; memory grows eightfold, so the caller sets a bound.
 * @module
 */
import { type Lookup, lookup } from './lookup.ts'
import { intAttribute, makeNode, makeTensor } from './make.ts'
import { type OnnxGraph, type OnnxNode, type OnnxTensor, tensorType } from './onnx.ts'
import { badWeight, type ExternalData, floatValues, tensorBytes } from './tensor-values.ts'
import { withoutUnread } from './without-unread.ts'

export type FloatWeightsInit = {
  externalData: ExternalData
  /** Either all products are turned, or, when their weights would come to more, none. */
  maxBytes: number
}

export type FloatWeights = { graph: OnnxGraph; turned: number; left: number; bytes: number }

/** What a node multiplies with, not read yet. */
type Product = {
  /** Rows, [out]. */
  out: number
  /** Columns, [in]. */
  within: number
  bits: 4 | 8
  blockSize: number
  weight: OnnxTensor
  scale: OnnxTensor
  zero: OnnxTensor | undefined
}

type Blocks = Pick<Product, 'out' | 'within' | 'bits' | 'blockSize'> & {
  levels: Uint8Array
  scales: Float32Array
  /** By block; the middle of the range when the node has none. */
  zeroPoint: (row: number, block: number) => number
}

export function toFloatWeights(graph: OnnxGraph, init: FloatWeightsInit): FloatWeights {
  const { constant } = lookup(graph)
  const nodes = graph.node.filter(({ opType }) => opType === 'MatMulNBits')
  const products = new Map<OnnxNode, Product>()
  for (const node of nodes) {
    const product = readProduct(node, constant)
    if (product) products.set(node, product)
  }
  const weights = new Map([...products.values()].map((product) => [product.weight.name, product]))
  const bytes = [...weights.values()].reduce((sum, { out, within }) => sum + 4 * out * within, 0)
  if (products.size === 0 || bytes > init.maxBytes) {
    return { graph, turned: 0, left: nodes.length, bytes: 0 }
  }
  const added = [...weights].map(([name, product]) => {
    const float32 = dequantize(readBlocks(product, init.externalData))
    return makeTensor(`${name}_float`, [product.within, product.out], { float32 })
  })
  const node = graph.node.flatMap((each) => {
    const product = products.get(each)
    if (!product) return [each]
    const [input = '', , , , , bias = ''] = each.input
    return floatProduct({ node: each, input: [input, `${product.weight.name}_float`], bias })
  })
  const turned = products.size
  return {
    graph: withoutUnread({ ...graph, node }, added),
    turned,
    left: nodes.length - turned,
    bytes,
  }
}

function floatProduct(init: { node: OnnxNode; input: string[]; bias: string }): OnnxNode[] {
  const { node, input, bias } = init
  const { name, output } = node
  if (bias === '') return [makeNode('MatMul', { input, output, name })]
  const sum = `${output[0]}_unbiased`
  return [
    makeNode('MatMul', { input, output: [sum], name }),
    makeNode('Add', { input: [sum, bias], output, name: `${name}_bias` }),
  ]
}

/** @returns null for a layout that is none of float scales over 4 or 8 bits in row order */
function readProduct(node: OnnxNode, constant: Lookup['constant']): Product | null {
  const [, weightName = '', scaleName = '', zeroName = '', groupName = ''] = node.input
  const [weight, scale] = [constant(weightName), constant(scaleName)]
  const bits = intAttribute(node, 'bits') ?? 4
  if (!weight || !scale || groupName !== '' || (bits !== 4 && bits !== 8)) return null
  if (scale.dataType !== tensorType.float32) return null
  const zero = constant(zeroName)
  if (zeroName !== '' && !zero) return null
  return {
    out: intAttribute(node, 'N') ?? 0,
    within: intAttribute(node, 'K') ?? 0,
    blockSize: intAttribute(node, 'block_size') ?? 0,
    bits,
    weight,
    scale,
    zero,
  }
}

function readBlocks(product: Product, externalData: ExternalData): Blocks {
  const { out, within, bits, blockSize, weight, scale, zero } = product
  const blocks = Math.ceil(within / blockSize)
  const levels = tensorBytes(weight, externalData)
  const scales = floatValues(scale, externalData)
  if (levels.length * 8 !== out * blocks * blockSize * bits || scales.length !== out * blocks) {
    throw badWeight(
      weight,
      `Not ${out} rows of ${blocks} blocks of ${blockSize} times ${bits} bits`,
    )
  }
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
