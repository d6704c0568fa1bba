/**
 * A small network as an ONNX graph, Gemm, Relu, Gemm and so on, perhaps an ArgMax behind the last: read as numbers,
 * and written from them.
 * @module
 */
import { WeftError } from '@weft/protocol'
import { lookup } from './lookup.ts'
import { intAttribute, makeNode, makeTensor, makeValueInfo } from './make.ts'
import { decodeModel, empty, encodeModel, type OnnxNode, tensorType } from './onnx.ts'
import { floatValues } from './tensor-values.ts'

/** `weights[o]` and `biases[o]` belong to output o; after all layers but the last negative outputs become 0. */
export type DenseLayer = { weights: readonly (readonly number[])[]; biases: readonly number[] }

/**
 * @param bytes - with its weights inside, float32 or float16
 * @throws WeftError `engine/bad-graph`; `engine/not-dense` for a graph of anything else
 */
export function readDenseLayers(bytes: Uint8Array): DenseLayer[] {
  const { graph } = decodeModel(bytes)
  const { constant, consumers } = lookup(graph)
  const weightNames = new Set(graph.initializer.map(({ name }) => name))
  const layers: DenseLayer[] = []
  let name = graph.input.find((input) => !weightNames.has(input.name))?.name ?? ''
  let isRectified = true
  for (let node = only(consumers(name)); node; node = only(consumers(name))) {
    if (
      node.opType === 'ArgMax' &&
      layers.length > 0 &&
      consumers(node.output[0] ?? '').length === 0
    )
      return layers
    if (node.opType === 'Relu' && !isRectified) isRectified = true
    else if (node.opType === 'Gemm' && isRectified && node.input[0] === name) {
      layers.push(readGemm(node, constant))
      isRectified = false
    } else throw notDense(`Node: ${node.opType}`)
    name = node.output[0] ?? ''
  }
  if (layers.length === 0) throw notDense('It has no Gemm.')
  if (isRectified) throw notDense('It ends with a Relu.')
  return layers
}

/** The inverse, with an ArgMax behind it. Takes rows of features as `features`, says `class` and `scores`. */
export function writeDenseLayers(layers: readonly DenseLayer[]): Uint8Array {
  const [features = 0, scores = 0] = [layers[0]?.weights[0]?.length, layers.at(-1)?.weights.length]
  const node: OnnxNode[] = []
  const initializer = []
  let from = 'features'
  for (const [index, { weights, biases }] of layers.entries()) {
    const isLast = index === layers.length - 1
    const [w, b, sum] = [`weights${index}`, `biases${index}`, isLast ? 'scores' : `sums${index}`]
    const dims = [weights.length, weights[0]?.length ?? 0]
    initializer.push(makeTensor(w, dims, { float32: weights.flat() }))
    initializer.push(makeTensor(b, [biases.length], { float32: biases }))
    node.push(makeNode('Gemm', { input: [from, w, b], output: [sum], attributes: { transB: 1 } }))
    from = isLast ? sum : `values${index}`
    if (!isLast) node.push(makeNode('Relu', { input: [sum], output: [from] }))
  }
  const attributes = { axis: 1, keepdims: 0 }
  node.push(makeNode('ArgMax', { input: [from], output: ['class'], attributes }))
  const { float32, int64 } = tensorType
  return encodeModel({
    ...empty.model(),
    irVersion: 8,
    opsetImport: [{ ...empty.opset(), version: 17 }],
    graph: {
      ...empty.graph(),
      name: 'dense',
      node,
      initializer,
      input: [makeValueInfo('features', { type: float32, dims: ['rows', features] })],
      output: [
        makeValueInfo('class', { type: int64, dims: ['rows'] }),
        makeValueInfo('scores', { type: float32, dims: ['rows', scores] }),
      ],
    },
  })
}

function readGemm(node: OnnxNode, constant: ReturnType<typeof lookup>['constant']): DenseLayer {
  const [, weightName = '', biasName = ''] = node.input
  const [weight, bias] = [constant(weightName), constant(biasName)]
  const factor = (name: string) => node.attribute.find((each) => each.name === name)?.f ?? 1
  if (weight?.dims.length !== 2) throw notDense('The weights of a Gemm are no matrix.')
  if (factor('alpha') !== 1 || factor('beta') !== 1 || intAttribute(node, 'transA') === 1) {
    throw notDense('A Gemm has alpha, beta or transA.')
  }
  const isTransposed = intAttribute(node, 'transB') === 1
  const [rows = 0, columns = 0] = weight.dims
  const [outputs, inputs] = isTransposed ? [rows, columns] : [columns, rows]
  const values = floatValues(weight, [])
  const at = (output: number, input: number) =>
    values[isTransposed ? output * inputs + input : input * outputs + output] ?? 0
  const biases = bias ? [...floatValues(bias, [])] : Array.from({ length: outputs }, () => 0)
  if (biases.length !== outputs) throw notDense(`Biases: ${biases.length}, outputs: ${outputs}`)
  const indices = (length: number) => Array.from({ length }, (_, index) => index)
  const weights = indices(outputs).map((o) => indices(inputs).map((i) => at(o, i)))
  return { weights, biases }
}

/** @throws where there are two: then it is no chain */
function only(nodes: readonly OnnxNode[]): OnnxNode | undefined {
  const [node, other] = nodes
  if (other) throw notDense('A value is read twice.')
  return node
}

function notDense(fact: string): WeftError {
  return new WeftError(
    'engine/not-dense',
    'The model is not a chain of Gemm and Relu, so it cannot be read as layers. Export it as one.',
    { facts: [fact] },
  )
}
