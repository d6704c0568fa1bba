/**
 * The worker's side of a graph: requests in, what the graph computes out.
 * @module
 */
import { notLoaded } from '../model/model-error.ts'
import type { OpenRuntime } from '../runtime.ts'
import { buffersOf, createHostCalls, type Host } from '../worker/host-calls.ts'
import type { Graph } from './graph.ts'
import {
  type GraphRequest,
  type GraphResponse,
  type OpenMessage,
  parseGraphRequest,
} from './graph-messages.ts'
import { openLocalGraph } from './local-graph.ts'

export type HostGraphInit = {
  port: { postMessage(message: GraphResponse, transfer: Transferable[]): void }
  openRuntime: (threads: number | null) => OpenRuntime
}

export function hostGraph({ port, openRuntime }: HostGraphInit): Host {
  let graph: Graph | undefined

  const open = ({ threads, schema, ...init }: OpenMessage): Promise<Graph> =>
    openLocalGraph({
      ...init,
      ...(schema ? { schema } : {}),
      openRuntime: openRuntime(threads),
    })
  const start = async (
    request: Exclude<GraphRequest, { type: 'stop' }>,
    signal: AbortSignal,
  ): Promise<void> => {
    const { id } = request
    if (request.type === 'open') {
      graph = await open(request.in)
      const { inputs, outputs, engine } = graph
      return post({ type: 'opened', id, out: { inputs, outputs, engine } })
    }
    if (!graph) throw notLoaded()
    const { feeds, fetches, keep } = request.in
    const options = { signal, ...(fetches ? { fetches } : {}), ...(keep ? { keep } : {}) }
    const out = await graph.run(feeds, options)
    post({ type: 'fetched', id, out }, buffersOf(Object.values(out).map(({ data }) => data)))
  }
  const { post, ...host } = createHostCalls<GraphRequest, GraphResponse>({
    port,
    parse: parseGraphRequest,
    start,
  })
  return host
}
