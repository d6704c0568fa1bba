/**
 * A model's files cut into those of its parts. The first has the tokenizer, what reads tokens and what
 * says logits; the others are one graph each.
 * @module
 */
import { WeftError } from '@weft/protocol'
import { inFile } from '../graph/external-weights.ts'
import { decodeModel, encodeModel, type OnnxGraph, type OnnxModel } from '../graph/onnx.ts'
import { type ExternalData, tensorBytes } from '../graph/tensor-values.ts'
import { externalWeights, type ModelFiles, requireFile } from '../model/model-config.ts'
import { partPaths } from './part-link.ts'
import { splitGraph } from './split-graph.ts'

export type ModelPart = {
  firstLayer: number
  layers: number
  allLayers: number
  /** Path of the graph that has the layers. */
  graph: string
  files: Map<string, Uint8Array>
}

/**
 * @param graph path among `files`
 * @param tabs how many share the model
 * @throws WeftError `engine/not-splittable`, `engine/bad-graph`
 */
export function splitModel(
  files: ModelFiles,
  { graph, tabs }: { graph: string; tabs: number },
): ModelPart[] {
  const model = decodeModel(requireFile(files, graph))
  const externalData = externalWeights(graph, files)
  const { opening, closing, parts, layerCounts } = splitGraph(model.graph, tabs)
  const write = (path: string, piece: OnnxGraph) => writeGraph({ model, piece, externalData, path })
  const others = [...files].filter(([path]) => !path.startsWith(graph))
  const contents = [
    [...others, ...write(partPaths.opening, opening), ...write(partPaths.closing, closing)],
    ...parts.map((piece) => write(partPaths.layers, piece)),
  ]
  const firstLayers = layerCounts.map((_, index) => sum(layerCounts.slice(0, index)))
  return contents.map((content, index) => ({
    firstLayer: firstLayers[index] ?? 0,
    layers: layerCounts[index] ?? 0,
    allLayers: sum(layerCounts),
    graph: index === 0 ? partPaths.opening : partPaths.layers,
    files: new Map(content),
  }))
}

function sum(counts: readonly number[]): number {
  return counts.reduce((all, count) => all + count, 0)
}

type WriteInit = {
  model: OnnxModel
  piece: OnnxGraph
  externalData: ExternalData
  path: string
}

/** Weights that lay in a file lie in one again, without those of other parts. */
function writeGraph({ model, piece, externalData, path }: WriteInit): [string, Uint8Array][] {
  const moved: Uint8Array[] = []
  let end = 0
  const location = `${path.slice(path.lastIndexOf('/') + 1)}_data`
  const initializer = piece.initializer.map((tensor) => {
    if (tensor.dataLocation !== 1) return tensor
    const data = tensorBytes(tensor, externalData)
    moved.push(data)
    end += data.length
    return inFile(tensor, { location, offset: end - data.length, length: data.length })
  })
  const graph = encodeModel({ ...model, graph: { ...piece, initializer } })
  if (moved.length === 0) return [[path, graph]]
  const nested = piece.node.some(({ attribute }) =>
    attribute.some(({ t }) => t?.dataLocation === 1),
  )
  if (nested)
    throw new WeftError('engine/not-splittable', 'A constant of this graph lies in a file.')
  const file = new Uint8Array(end)
  let at = 0
  for (const data of moved) {
    file.set(data, at)
    at += data.length
  }
  return [
    [path, graph],
    [`${path}_data`, file],
  ]
}
