/**
 * A float16 graph in float32. ONNX Runtime has few float16 kernels on the CPU: around every other
 * operator it casts, weights included, at every step.
 * @module
 */
import { makeTensor } from './make.ts'
import type { OnnxAttribute, OnnxGraph, OnnxNode, OnnxTensor, OnnxValueInfo } from './onnx.ts'
import { tensorType } from './onnx.ts'
import { type ExternalData, floatValues } from './tensor-values.ts'

const { float16, float32 } = tensorType

export function isHalfPrecision({ initializer }: OnnxGraph): boolean {
  return initializer.some(({ dataType }) => dataType === float16)
}

/** Inputs and outputs too, the key/value cache with them. The weights' values stay exactly. */
export function toSinglePrecision(graph: OnnxGraph, externalData: ExternalData): OnnxGraph {
  const tensor = (each: OnnxTensor) => singleTensor(each, externalData)
  const nested = (attribute: OnnxAttribute): OnnxAttribute => ({
    ...attribute,
    t: attribute.t && tensor(attribute.t),
    g: attribute.g && toSinglePrecision(attribute.g, externalData),
  })
  return {
    ...graph,
    initializer: graph.initializer.map(tensor),
    node: graph.node.map((node) => {
      const casts = castAttributes(node)
      return { ...node, attribute: casts.map(nested) }
    }),
    input: graph.input.map(singleType),
    output: graph.output.map(singleType),
    valueInfo: graph.valueInfo.map(singleType),
  }
}

/** Where a node names the type that it makes. */
function castAttributes({ attribute }: OnnxNode): OnnxAttribute[] {
  return attribute.map((each) =>
    ['to', 'dtype'].includes(each.name) && each.i === BigInt(float16)
      ? { ...each, i: BigInt(float32) }
      : each,
  )
}

function singleTensor(tensor: OnnxTensor, externalData: ExternalData): OnnxTensor {
  if (tensor.dataType !== float16) return tensor
  return makeTensor(tensor.name, tensor.dims, { float32: floatValues(tensor, externalData) })
}

function singleType(info: OnnxValueInfo): OnnxValueInfo {
  const { type } = info
  if (type?.tensor?.elemType !== float16) return info
  return { ...info, type: { ...type, tensor: { ...type.tensor, elemType: float32 } } }
}
