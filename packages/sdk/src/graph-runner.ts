/**
 * Any ONNX graph on this device: tensors in, tensors out. One that a program brings as bytes, or that of a model of the
 * site's list, as it is and without its tokenizer.
 * @module
 */
import type { Graph, GraphTensor } from '@weft/engine/run-graph'
import { bytesToHex, TooLargeError, unlessAborted, WeftError } from '@weft/protocol'
import type { FindTabs, ModelStore } from '@weft/storage'
import { type CatalogueEntry, findEntry } from './catalogue.ts'
import { createFilesHold } from './files-hold.ts'
import type { Platform } from './platform/platform.ts'
import type { GraphFeeds, RunRequest, WaitOptions } from './tab.ts'

/** Of one graph that a program brings, and of all that is fed to one run. */
const maxBytes = 512 * 1024 * 1024

export type GraphRunnerInit = {
  catalogue: readonly CatalogueEntry[]
  store: Pick<ModelStore, 'open' | 'hold'>
  findTabs: (modelCid: string) => FindTabs
  openGraph: Platform['openGraph']
}

export type GraphRunner = {
  run(request: RunRequest, options?: WaitOptions): Promise<Record<string, GraphTensor>>
  close(): Promise<void>
}

/** The graph of the last run stays open; runs come one after the other. */
export function createGraphRunner(init: GraphRunnerInit): GraphRunner {
  const { catalogue, store, findTabs, openGraph } = init
  const files = createFilesHold(store)
  /** `key` is a model's CID, or the hash of what a program brought: its array may hold another graph by now. */
  let open: { key: string; graph: Graph } | undefined
  let last: Promise<unknown> = Promise.resolve()

  async function letGo(): Promise<void> {
    const closing = open?.graph.close()
    open = undefined
    files.letGo()
    await closing
  }

  async function filesOf(modelCid: string, options: WaitOptions) {
    const { manifest, sources, publisher } = findEntry(catalogue, modelCid)
    await files.take(modelCid, options.signal ?? new AbortController().signal)
    const found = { manifest, sources, publisher, findTabs: findTabs(modelCid) }
    const content = await store.open(found, options)
    const { externalWeights } = await import('@weft/engine/run-graph')
    const graph = content.get(manifest.graph)
    if (!graph) throw new WeftError('sdk/no-graph', 'This model has no graph among its files.')
    return { graph, externalData: externalWeights(manifest.graph, content) }
  }

  async function graphOf(source: RunRequest['graph'], options: WaitOptions): Promise<Graph> {
    if (typeof source !== 'string') checkSize('graph', source.length)
    // What is opened moves to a worker; these bytes are the caller's.
    const own = typeof source === 'string' ? source : { graph: source.slice() }
    const key = typeof own === 'string' ? own : await hashOf(own.graph)
    if (open?.key === key) return open.graph
    await letGo()
    const parts = typeof own === 'string' ? await filesOf(own, options) : own
    const graph = await openGraph({ ...parts, backend: 'auto' }, options)
    open = { key, graph }
    return graph
  }

  async function run({ graph: source, feeds, fetches }: RunRequest, options: WaitOptions) {
    checkSize('feeds', sizeOf(feeds))
    const graph = await graphOf(source, options)
    try {
      return await graph.run(feeds, { ...options, ...(fetches ? { fetches } : {}) })
    } catch (error) {
      // What the graph did not survive is opened again next time.
      if (!WeftError.is(error) || !harmless.includes(error.code)) await letGo()
      throw error
    }
  }

  return {
    run(request, options = {}) {
      const turn = last.then(() => {
        options.signal?.throwIfAborted()
        return run(request, options)
      })
      last = turn.catch(() => {})
      return unlessAborted(turn, options.signal, 'The run')
    },
    async close() {
      await last
      await letGo()
    },
  }
}

const harmless = ['engine/bad-feeds', 'engine/bad-fetches', 'protocol/cancelled']

async function hashOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return bytesToHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)))
}

function sizeOf(feeds: GraphFeeds): number {
  const sizes = Object.values(feeds).map(({ data }) =>
    Array.isArray(data) ? data.reduce((sum, text) => sum + 2 * text.length, 0) : data.byteLength,
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}

function checkSize(subject: string, actual: number): void {
  if (actual > maxBytes)
    throw new TooLargeError({ subject, limit: maxBytes, actual, unit: 'bytes' })
}
