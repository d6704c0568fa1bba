/**
 * A graph in a worker of its own.
 * @module
 */

import { unlessAborted } from '@weft/protocol'
import type { WaitOptions } from '../engine.ts'
import { notLoaded } from '../model/model-error.ts'
import { buffersOf } from '../worker/host-calls.ts'
import { crashed, createPortCalls, type WorkerLike } from '../worker/port-calls.ts'
import type { Graph, OpenGraphInit } from './graph.ts'
import {
  type GraphRequest,
  type GraphResponse,
  type OpenMessage,
  parseGraphResponse,
  type RunMessage,
  type Tensors,
} from './graph-messages.ts'
import type { GraphSchema } from './schema.ts'

export type OpenWorkerGraphInit<Schema extends GraphSchema> = OpenGraphInit<Schema> & {
  /** Threads of the CPU backend where the page is cross-origin isolated; chosen when absent. */
  threads?: number
  /** For tests; default the worker of this package. */
  startWorker?: () => WorkerLike
}

type Sent = { type: 'open'; in: OpenMessage } | { type: 'run'; in: RunMessage }
type Received = Exclude<GraphResponse, { type: 'error' }>

/**
 * The graph and its weights move to the worker: their arrays are empty afterwards.
 * @throws WeftError as `openLocalGraph`, `engine/crashed`, CancelledError
 */
export async function openWorkerGraph<Schema extends GraphSchema = GraphSchema>(
  init: OpenWorkerGraphInit<Schema>,
  { signal }: WaitOptions = {},
): Promise<Graph<Schema>> {
  const { graph, externalData = [], backend, schema = null, threads = null } = init
  const { startWorker = startGraphWorker } = init
  const worker = startWorker()
  const { listen, post, stop, end } = createPortCalls<GraphRequest, GraphResponse>({
    port: worker,
    parse: parseGraphResponse,
    isLast: () => true,
    onEnd: () => worker.terminate(),
  })
  worker.onerror = (event) => end(crashed(event.message || 'The worker stopped.'))

  const ask = async (sent: Sent, options: WaitOptions & { transfer: Transferable[] }) => {
    const { promise, resolve, reject } = Promise.withResolvers<Received>()
    const id = listen({ receive: resolve, fail: reject })
    try {
      post({ ...sent, id }, options.transfer)
      const subject = sent.type === 'open' ? 'Loading' : 'The run'
      return (await unlessAborted(promise, options.signal, subject)).out
    } finally {
      stop(id)
    }
  }
  const waiting = signal ? { signal } : {}
  try {
    const message = { graph, externalData: [...externalData], backend, schema, threads }
    const transfer = buffersOf([graph, ...externalData.map(({ data }) => data)])
    const opened = await ask({ type: 'open', in: message }, { transfer, ...waiting })
    return {
      ...(opened as Pick<Graph, 'inputs' | 'outputs' | 'engine'>),
      async run(feeds, { fetches, keep, move = false, ...options } = {}) {
        const tensors = feeds as Tensors
        const transfer = move ? buffersOf(Object.values(tensors).map(({ data }) => data)) : []
        const names = { fetches: fetches ? [...fetches] : null, keep: keep ? [...keep] : null }
        const message = { feeds: tensors, ...names }
        return (await ask({ type: 'run', in: message }, { transfer, ...options })) as never
      },
      close: async () => end(notLoaded()),
    }
  } catch (error) {
    end(notLoaded())
    throw error
  }
}

/** The worker of this package. */
function startGraphWorker(): Worker {
  return new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'weft-graph' })
}
