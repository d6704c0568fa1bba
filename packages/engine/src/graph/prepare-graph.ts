/**
 * The graph as the engine runs it: read once, edited for the backend, written back.
 * @module
 */
import { toModelError } from '../model/model-error.ts'
import { moveWeightsOut } from './external-weights.ts'
import { toFloatProducts } from './float-products.ts'
import { toFloatWeights } from './float-weights.ts'
import { atFullAccuracy } from './full-accuracy.ts'
import { chooseLogitRows } from './last-logits.ts'
import { decodeModel, encodeModel } from './onnx.ts'
import { toRowScales } from './row-scales.ts'
import { isHalfPrecision, toSinglePrecision } from './single-precision.ts'
import type { ExternalData } from './tensor-values.ts'

export type PrepareGraphInit = {
  graph: Uint8Array
  externalData: ExternalData
  target: 'cpu' | 'webgpu'
  /** Of all weights together that become float32 on the CPU; of a kind that would exceed it, none do. */
  maxFloatWeightBytes: number
}

export type GraphFacts = {
  outputNames: string[]
  /** Attention is com.microsoft GroupQueryAttention. */
  isGroupQuery: boolean
}

export type PreparedGraph = { graph: Uint8Array; externalData: ExternalData; facts: GraphFacts }

/**
 * What it returns holds views into what it was given; `graph` itself is small.
 * @throws WeftError `engine/bad-graph`, `engine/out-of-memory`
 */
export function prepareGraph(init: PrepareGraphInit): PreparedGraph {
  try {
    return prepare(init)
  } catch (cause) {
    throw toModelError(cause, 'load')
  }
}

function prepare({ target, maxFloatWeightBytes, ...init }: PrepareGraphInit): PreparedGraph {
  const { externalData } = init
  const model = decodeModel(init.graph)
  const isGroupQuery = model.graph.node.some(({ opType }) => opType === 'GroupQueryAttention')
  const isWidened = target === 'cpu' && isHalfPrecision(model.graph)
  const wide = isWidened ? toSinglePrecision(model.graph, externalData) : model.graph
  const floats =
    target === 'cpu'
      ? toFloatWeights(wide, { externalData, maxBytes: maxFloatWeightBytes })
      : { graph: wide, bytes: 0 }
  const products = toFloatProducts(atFullAccuracy(floats.graph), {
    externalData,
    maxBytes: maxFloatWeightBytes - floats.bytes,
  })
  const rows = toRowScales({ ...model, graph: products.graph })
  const apart = moveWeightsOut(chooseLogitRows(rows.graph) ?? rows.graph, externalData)
  return {
    graph: encodeModel({ ...model, graph: apart.graph }),
    externalData: apart.externalData,
    facts: { outputNames: apart.graph.output.map(({ name }) => name), isGroupQuery },
  }
}
