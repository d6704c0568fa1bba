/**
 * The graph as the engine runs it: read once, edited for the backend, written back.
 * @module
 */
import { moveWeightsOut } from './external-weights.ts'
import { toFloatProducts } from './float-products.ts'
import { toFloatWeights } from './float-weights.ts'
import { atFullAccuracy } from './full-accuracy.ts'
import { chooseLogitRows } from './last-logits.ts'
import { decodeModel, encodeModel, type OnnxGraph } from './onnx.ts'
import { toRowScales } from './row-scales.ts'
import { isHalfPrecision, toSinglePrecision } from './single-precision.ts'
import type { ExternalData } from './tensor-values.ts'

export type PrepareGraphInit = {
  graph: Uint8Array
  externalData: ExternalData
  target: 'cpu' | 'webgpu'
  /** Of block-quantised weights that become float32 on the CPU, and of dynamically quantised ones. */
  maxFloatWeightBytes: number
}

export type GraphFacts = {
  outputNames: string[]
  /** Attention is com.microsoft GroupQueryAttention. */
  isGroupQuery: boolean
  /** Logits come only where `weft_logit_rows` asks for them. */
  choosesRows: boolean
  /** float16 became float32. */
  isWidened: boolean
  /** Products of block-quantised weights that became float products, and those that did not. */
  floatWeights: { turned: number; left: number }
  /** Dynamic quantisations that are gone, and those that are not. */
  floatProducts: { turned: number; left: number }
  /** Dynamic quantisations that round each row by itself, and those that round the whole tensor. */
  rowScales: { turned: number; left: number }
}

export type PreparedGraph = { graph: Uint8Array; externalData: ExternalData; facts: GraphFacts }

/**
 * What it returns holds views into what it was given; `graph` itself is small.
 * @throws WeftError `engine/bad-graph`
 */
export function prepareGraph(init: PrepareGraphInit): PreparedGraph {
  const { externalData, target } = init
  const model = decodeModel(init.graph)
  const isGroupQuery = model.graph.node.some(({ opType }) => opType === 'GroupQueryAttention')
  const isWidened = target === 'cpu' && isHalfPrecision(model.graph)
  const wide = isWidened ? toSinglePrecision(model.graph, externalData) : model.graph
  const floats =
    target === 'cpu'
      ? toFloatWeights(wide, { externalData, maxBytes: init.maxFloatWeightBytes })
      : { graph: wide, turned: 0, left: countOf(wide, 'MatMulNBits') }
  const products = toFloatProducts(atFullAccuracy(floats.graph), {
    externalData,
    maxBytes: init.maxFloatWeightBytes,
  })
  const rows = toRowScales({ ...model, graph: products.graph })
  const chosen = chooseLogitRows(rows.graph)
  const apart = moveWeightsOut(chosen ?? rows.graph, externalData)
  return {
    graph: encodeModel({ ...model, graph: apart.graph }),
    externalData: apart.externalData,
    facts: {
      outputNames: apart.graph.output.map(({ name }) => name),
      isGroupQuery,
      choosesRows: chosen !== null,
      isWidened,
      floatWeights: { turned: floats.turned, left: floats.left },
      floatProducts: { turned: products.turned, left: products.left },
      rowScales: { turned: rows.turned, left: rows.left },
    },
  }
}

function countOf({ node }: OnnxGraph, opType: string): number {
  return node.filter((each) => each.opType === opType).length
}
