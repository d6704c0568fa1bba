/**
 * Any ONNX graph, run in a worker: feeds in, fetches out, typed by a schema.
 * @module
 */
export { externalWeights } from '../model/model-config.ts'
export type { Graph, OpenGraphInit, RunOptions } from './graph.ts'
export {
  type Dtype,
  defineGraph,
  type Feeds,
  type Fetches,
  type GraphSchema,
  type GraphTensor,
  type TensorSpec,
  tensor,
} from './schema.ts'
export { type OpenWorkerGraphInit, openWorkerGraph } from './worker-graph.ts'
