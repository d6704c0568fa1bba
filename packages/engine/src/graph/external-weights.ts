/**
 * Weights out of the graph's own bytes. Inside them, ONNX Runtime Web holds three copies of each while
 * it loads; handed over beside them it reads each once, and no JavaScript copy is made at all.
 * @module
 */
import { empty, type OnnxGraph, type OnnxTensor } from './onnx.ts'
import type { ExternalData } from './tensor-values.ts'

export type WeightsApart = { graph: OnnxGraph; externalData: ExternalData }

/** Shapes and axes must stay: ONNX Runtime reads them before it reads any file. */
const leastBytes = 4096

/** Large weights as views, each a file of its own; files that nothing reads any more are left out. */
export function moveWeightsOut(graph: OnnxGraph, externalData: ExternalData): WeightsApart {
  const moved: { path: string; data: Uint8Array }[] = []
  const initializer = graph.initializer.map((tensor, index) => {
    const data = tensor.rawData ?? tensor.floatData
    if (!data || data.length < leastBytes) return tensor
    const path = `weft_weight_${index}`
    moved.push({ path, data })
    return inFile(tensor, { location: path, offset: 0, length: data.length })
  })
  const entries = initializer.flatMap((tensor) => tensor.externalData)
  const read = new Set(
    entries.flatMap(({ key, value }) => (key === 'location' ? [value.replace(/^\.\//, '')] : [])),
  )
  // Weights inside subgraphs may lie in files too; those are not looked into.
  const nested = graph.node.some(({ attribute }) =>
    attribute.some(({ g, t }) => g || t?.dataLocation),
  )
  const kept = nested ? externalData : externalData.filter(({ path }) => read.has(path))
  return { graph: { ...graph, initializer }, externalData: [...kept, ...moved] }
}

/** The same weight, its numbers in a file. */
export function inFile(
  tensor: OnnxTensor,
  { location, offset, length }: { location: string; offset: number; length: number },
): OnnxTensor {
  const entry = (key: string, value: string | number) => ({
    ...empty.entry(),
    key,
    value: String(value),
  })
  return {
    ...tensor,
    rawData: undefined,
    floatData: undefined,
    dataLocation: 1,
    externalData: [entry('location', location), entry('offset', offset), entry('length', length)],
  }
}
