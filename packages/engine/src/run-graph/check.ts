/**
 * What a schema says against what a graph has, and feeds against both: once, in plain words, before
 * ONNX Runtime says it in its own.
 * @module
 */
import { WeftError } from '@weft/protocol'
import type { InferenceSession } from 'onnxruntime-web'
import type { Dtype, GraphSchema, GraphTensor, TensorSpec } from './schema.ts'

type Specs = Record<string, TensorSpec>
type Tensors = Record<string, GraphTensor>

/** @throws WeftError `engine/unsupported` for an input or output that is no tensor */
export function specsOf(metadata: readonly InferenceSession.ValueMetadata[]): Specs {
  return Object.fromEntries(
    metadata.map((value) => {
      if (value.isTensor) {
        return [value.name, { dtype: value.type as Dtype, dims: value.shape.map(dimension) }]
      }
      throw new WeftError(
        'engine/unsupported',
        'Weft runs graphs of tensors; this one has a value of another kind.',
        { facts: [`Value: ${value.name}`] },
      )
    }),
  )
}

/** -1 as the unsigned number that onnxruntime-web 1.30.0 gives; onnxruntime-node gives ''. */
const unknownLength = 2 ** 32 - 1

function dimension(dim: number | string): number | string {
  return dim === unknownLength ? '' : dim
}

/** @throws WeftError `engine/bad-schema` where the schema is of another graph */
export function checkSchema(schema: GraphSchema, graph: { inputs: Specs; outputs: Specs }): void {
  const { state = {} } = schema
  checkSide('input', schema.inputs, graph.inputs)
  checkSide('output', schema.outputs, graph.outputs)
  for (const name of Object.keys(graph.inputs)) {
    if (!schema.inputs[name]) throw badSchema([`The graph also has the input ${name}.`])
  }
  for (const [input, output] of Object.entries(state)) {
    const [from, to] = [schema.outputs[output], schema.inputs[input]]
    if (from && to && from.dtype === to.dtype) continue
    throw badSchema([`The state ${input} cannot be renewed by ${output}.`])
  }
}

function checkSide(side: 'input' | 'output', schema: Specs, graph: Specs): void {
  for (const [name, spec] of Object.entries(schema)) {
    const own = graph[name]
    if (own && spec.dtype === own.dtype && agree(spec.dims, own.dims)) continue
    throw badSchema([
      `Schema: ${side} ${name}, ${describe(spec)}`,
      own
        ? `Graph: ${describe(own)}`
        : `Graph: no such ${side}, but ${Object.keys(graph).join(', ')}`,
    ])
  }
}

/** Whether dims may be the same: a name may be any length. */
function agree(a: TensorSpec['dims'], b: TensorSpec['dims']): boolean {
  // A graph may leave the shape of an output unsaid.
  if (b.length === 0) return true
  return (
    a.length === b.length &&
    a.every((dim, axis) => {
      const other = b[axis]
      return typeof dim === 'string' || typeof other === 'string' || dim === other
    })
  )
}

export type CheckFeedsInit = {
  specs: Specs
  /** Inputs that need not be fed: the state holds them. */
  held: ReadonlySet<string>
  /** Whether names of dimensions are the caller's own, so that they must agree. */
  named: boolean
}

/** @throws WeftError `engine/bad-feeds` */
export function checkFeeds(feeds: Tensors, { specs, held, named }: CheckFeedsInit): void {
  const lengths = new Map<string, { length: number; input: string }>()
  for (const [name, fed] of Object.entries(feeds)) {
    const spec = specs[name]
    if (!spec) throw badFeeds([`Input: ${name}`, `Expected: ${Object.keys(specs).join(', ')}`])
    const fail = (...facts: string[]): never => {
      throw badFeeds([`Input: ${name}`, `Expected: ${describe(spec)}`, ...facts])
    }
    if (spec.dtype !== fed.dtype || !fits(fed.dims, spec.dims)) fail(`Got: ${describe(fed)}`)
    const expected = valuesIn(fed)
    if (fed.data.length !== expected) {
      fail(`Got: ${describe(fed)} with ${fed.data.length} values instead of ${expected}`)
    }
    if (!named) continue
    for (const [axis, dim] of spec.dims.entries()) {
      if (typeof dim !== 'string' || dim === '') continue
      const length = fed.dims[axis] ?? 0
      const known = lengths.get(dim)
      if (!known) lengths.set(dim, { length, input: name })
      else if (known.length !== length) {
        fail(`Got: ${describe(fed)}`, `${dim} is ${known.length} in ${known.input}`)
      }
    }
  }
  const missing = Object.keys(specs).find((name) => !(name in feeds) && !held.has(name))
  if (missing === undefined) return
  const spec = specs[missing]
  throw badFeeds([`Input: ${missing}`, `Expected: ${spec && describe(spec)}`, 'Got: nothing'])
}

/** @throws WeftError `engine/bad-fetches` */
export function checkNames(names: readonly string[], known: readonly string[]): void {
  const unknown = names.find((name) => !known.includes(name))
  if (unknown === undefined) return
  throw new WeftError('engine/bad-fetches', 'The graph does not have what was asked for.', {
    facts: [`Asked for: ${unknown}`, `It has: ${known.join(', ')}`],
  })
}

function fits(dims: readonly number[], spec: TensorSpec['dims']): boolean {
  return (
    dims.length === spec.length &&
    spec.every((dim, axis) => {
      const length = dims[axis]
      return typeof dim === 'string' || dim === length
    })
  )
}

/** Values in `data`: two 4-bit integers lie in a byte. */
function valuesIn({ dtype, dims }: GraphTensor): number {
  const product = dims.reduce((values, dim) => values * dim, 1)
  return dtype === 'int4' || dtype === 'uint4' ? Math.ceil(product / 2) : product
}

function describe({ dtype, dims }: { dtype: string; dims: readonly (number | string)[] }): string {
  return `${dtype} [${dims.map((dim) => (dim === '' ? 'any' : dim)).join(', ')}]`
}

function badSchema(facts: string[]): WeftError {
  return new WeftError('engine/bad-schema', 'The schema is not that of this graph.', { facts })
}

function badFeeds(facts: string[]): WeftError {
  return new WeftError('engine/bad-feeds', 'An input is not what the graph takes.', { facts })
}
