/**
 * What crosses between the page and the worker of a graph, checked where it arrives.
 * @module
 */
import { type EngineInfo, engineInfoSchema, parse, type WeftErrorData } from '@weft/protocol'
import type { BackendChoice } from '../engine.ts'
import { errorData, fields, integer, list, malformed, oneOf, text } from '../worker/fields.ts'
import {
  type Dtype,
  dtypes,
  type GraphSchema,
  type GraphTensor,
  type TensorSpec,
} from './schema.ts'

export type Tensors = Record<string, GraphTensor>
type Specs = Record<string, TensorSpec>

export type OpenMessage = {
  graph: Uint8Array
  externalData: { path: string; data: Uint8Array }[]
  backend: BackendChoice
  schema: GraphSchema | null
  /** Threads of the CPU backend, at least 1; null lets the worker choose. */
  threads: number | null
}
export type RunMessage = { feeds: Tensors; fetches: string[] | null; keep: string[] | null }
type Opened = { inputs: Specs; outputs: Specs; engine: EngineInfo }

export type GraphRequest =
  | { type: 'open'; id: number; in: OpenMessage }
  | { type: 'run'; id: number; in: RunMessage }
  /** Nobody waits for this answer any more. */
  | { type: 'stop'; id: number }

export type GraphResponse =
  | { type: 'opened'; id: number; out: Opened }
  | { type: 'fetched'; id: number; out: Tensors }
  | { type: 'error'; id: number; out: WeftErrorData }

const backends: readonly BackendChoice[] = ['auto', 'webgpu', 'wasm']

/** @throws MalformedError */
export function parseGraphRequest(data: unknown): GraphRequest {
  const message = fields(data)
  const id = integer(message.id)
  switch (message.type) {
    case 'open':
      return { type: 'open', id, in: openMessage(message.in) }
    case 'run':
      return { type: 'run', id, in: runMessage(message.in) }
    case 'stop':
      return { type: 'stop', id }
    default:
      throw malformed('unknown type')
  }
}

/** @throws MalformedError */
export function parseGraphResponse(data: unknown): GraphResponse {
  const message = fields(data)
  const id = integer(message.id)
  switch (message.type) {
    case 'opened': {
      const { inputs, outputs, engine } = fields(message.out)
      const out = {
        inputs: mapValues(inputs, spec),
        outputs: mapValues(outputs, spec),
        engine: parse('engine', engineInfoSchema, engine),
      }
      return { type: 'opened', id, out }
    }
    case 'fetched':
      return { type: 'fetched', id, out: mapValues(message.out, graphTensor) }
    case 'error':
      return { type: 'error', id, out: errorData(message.out) }
    default:
      throw malformed('unknown type')
  }
}

function openMessage(value: unknown): OpenMessage {
  const { graph, externalData, backend, schema, threads } = fields(value)
  return {
    graph: bytes(graph),
    externalData: list(externalData).map((entry) => {
      const { path, data } = fields(entry)
      return { path: text(path), data: bytes(data) }
    }),
    backend: oneOf(backends, backend),
    schema: schema === null ? null : graphSchema(schema),
    threads: threads === null ? null : Math.max(1, integer(threads)),
  }
}

function runMessage(value: unknown): RunMessage {
  const { feeds, fetches, keep } = fields(value)
  const names = (value: unknown) => (value === null ? null : list(value).map(text))
  return { feeds: mapValues(feeds, graphTensor), fetches: names(fetches), keep: names(keep) }
}

function graphSchema(value: unknown): GraphSchema {
  const { inputs, outputs, state } = fields(value)
  const sides = { inputs: mapValues(inputs, spec), outputs: mapValues(outputs, spec) }
  return state === undefined ? sides : { ...sides, state: mapValues(state, text) }
}

function spec(value: unknown): TensorSpec {
  const { dtype, dims } = fields(value)
  return {
    dtype: oneOf(Object.keys(dtypes) as Dtype[], dtype),
    dims: list(dims).map((dim) => (typeof dim === 'string' ? dim : integer(dim))),
  }
}

function graphTensor(value: unknown): GraphTensor {
  const { dtype: name, dims, data } = fields(value)
  const dtype = oneOf(Object.keys(dtypes) as Dtype[], name)
  if (!(data instanceof dtypes[dtype])) throw malformed(`no data of ${dtype}`)
  if (dtype === 'string') list(data).forEach(text)
  return { dtype, dims: list(dims).map(integer), data } as GraphTensor
}

function bytes(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value
  throw malformed('expected bytes')
}

function mapValues<Value>(value: unknown, map: (value: unknown) => Value): Record<string, Value> {
  return Object.fromEntries(Object.entries(fields(value)).map(([name, one]) => [name, map(one)]))
}
