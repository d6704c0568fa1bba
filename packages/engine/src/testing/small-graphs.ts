/**
 * Graphs of one or two operators, for what surrounds a graph.
 * @module
 */
import { makeValueInfo } from '../graph/make.ts'
import { empty, encodeModel } from '../graph/onnx.ts'
import { type Dtype, defineGraph, type TensorSpec, tensor } from '../run-graph/schema.ts'
import { createGraphWriter, type GraphWriter } from './build-model/graph-writer.ts'

/** Of `TensorProto.DataType`. */
const typeNumbers: Record<Dtype, number> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
  uint4: 21,
  int4: 22,
}

type Sides = { inputs: Record<string, TensorSpec>; outputs: Record<string, TensorSpec> }

function build({ inputs, outputs }: Sides, write: (writer: GraphWriter) => void): Uint8Array {
  const writer = createGraphWriter('small')
  write(writer)
  const infos = (specs: Sides['inputs']) =>
    Object.entries(specs).map(([name, { dtype, dims }]) =>
      makeValueInfo(name, { type: typeNumbers[dtype], dims }),
    )
  writer.graph.input.push(...infos(inputs))
  writer.graph.output.push(...infos(outputs))
  return encodeModel({
    ...empty.model(),
    irVersion: 9,
    opsetImport: [{ ...empty.opset(), domain: '', version: 17 }],
    graph: writer.graph,
  })
}

/** Gives back what it gets, of each dtype. */
export function echoGraph(dtypes: readonly Dtype[]): Uint8Array {
  const specs = (prefix: string) =>
    Object.fromEntries(dtypes.map((dtype) => [`${prefix}_${dtype}`, tensor(dtype, ['n'])]))
  return build({ inputs: specs('in'), outputs: specs('out') }, ({ node }) => {
    for (const dtype of dtypes) node('Identity', [`in_${dtype}`], { output: [`out_${dtype}`] })
  })
}

/** `sum` is `x` and all sums before it; `twice` is twice that. */
export const adder = defineGraph({
  inputs: { x: tensor('float32', ['rows', 2]), before: tensor('float32', ['rows', 2]) },
  outputs: { sum: tensor('float32', ['rows', 2]), twice: tensor('float32', ['rows', 2]) },
  state: { before: 'sum' },
})

export function adderGraph(): Uint8Array {
  return build(adder, ({ node }) => {
    node('Add', ['x', 'before'], { output: ['sum'] })
    node('Add', ['sum', 'sum'], { output: ['twice'] })
  })
}

/** For `adder`. */
export function rows(...values: number[]) {
  return {
    dtype: 'float32',
    dims: [values.length / 2, 2],
    data: Float32Array.from(values),
  } as const
}
