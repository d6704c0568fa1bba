/**
 * Any ONNX graph: feeds in, fetches out. The same interface in the thread that calls it and across a
 * worker.
 * @module
 */
import type { EngineInfo } from '@weft/protocol'
import type { BackendChoice, WaitOptions } from '../engine.ts'
import type {
  DefaultOutput,
  Feeds,
  Fetches,
  GraphSchema,
  OutputName,
  TensorSpec,
} from './schema.ts'

export type OpenGraphInit<Schema extends GraphSchema> = {
  graph: Uint8Array
  /** Weights beside the graph, by their path seen from it. */
  externalData?: readonly { path: string; data: Uint8Array }[]
  /** `auto` takes WebGPU where hardware answers and can run the graph, else the CPU. */
  backend: BackendChoice
  /** Checked against the graph when it opens; without one the graph's own names and dtypes count. */
  schema?: Schema
}

export type RunOptions<
  Schema extends GraphSchema,
  Names extends OutputName<Schema>,
> = WaitOptions & {
  /** Default all but the state. */
  fetches?: readonly Names[]
  /** Inputs of the state that this run renews, default all. */
  keep?: readonly string[]
  /** Feeds move to a worker instead of being copied: their arrays are empty afterwards. */
  move?: boolean
}

export type Graph<Schema extends GraphSchema = GraphSchema> = {
  inputs: Record<string, TensorSpec>
  outputs: Record<string, TensorSpec>
  engine: EngineInfo
  /**
   * Runs come one after the other, in the order of the calls. An aborted signal ends the wait at once.
   * A run that rejects leaves the state as it was before it; one that fails on WebGPU with a state ends
   * the graph, and every later run rejects as it did.
   * @throws WeftError `engine/bad-feeds` (which input, what is expected, what it got),
   *   `engine/bad-fetches`, `engine/not-loaded`, `engine/device-lost`, `engine/out-of-memory`,
   *   `engine/run-failed`, `engine/crashed`, CancelledError
   */
  run<Names extends OutputName<Schema> = DefaultOutput<Schema>>(
    feeds: Feeds<Schema>,
    options?: RunOptions<Schema, Names>,
  ): Promise<Fetches<Schema, Names>>
  close(): Promise<void>
}
