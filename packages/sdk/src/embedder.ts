/**
 * Vectors of texts, on this device: an engine of its own, so that the one that answers goes on. Texts leave nobody's
 * device for it.
 * @module
 */
import type { Embeddings, Engine } from '@weft/engine'
import { WeftError } from '@weft/protocol'
import type { FindTabs, ModelStore } from '@weft/storage'
import { type CatalogueEntry, findEntry } from './catalogue.ts'
import { createFilesHold } from './files-hold.ts'
import type { EmbedRequest, WaitOptions } from './tab.ts'

export type EmbedderInit = {
  catalogue: readonly CatalogueEntry[]
  store: Pick<ModelStore, 'open' | 'hold'>
  findTabs: (modelCid: string) => FindTabs
  createEngine: () => Engine
}

export type Embedder = {
  embed(request: EmbedRequest, options?: WaitOptions): Promise<Embeddings>
  close(): Promise<void>
}

export function createEmbedder(init: EmbedderInit): Embedder {
  const { catalogue, store, findTabs, createEngine } = init
  const files = createFilesHold(store)
  let engine: Engine | undefined
  let loadedCid: string | undefined
  /** One load, one text at a time. */
  let last: Promise<unknown> = Promise.resolve()

  async function load(modelCid: string, options: WaitOptions): Promise<Engine> {
    const { manifest, sources, publisher } = findEmbeddingEntry(catalogue, modelCid)
    engine ??= createEngine()
    if (loadedCid === modelCid) return engine
    loadedCid = undefined
    await files.take(modelCid, options.signal ?? new AbortController().signal)
    const openFiles = (within: WaitOptions) =>
      store.open({ manifest, sources, publisher, findTabs: findTabs(modelCid) }, within)
    await engine.load({ manifest, openFiles, backend: 'auto' }, options)
    loadedCid = modelCid
    return engine
  }

  async function embed({ modelCid, texts }: EmbedRequest, options: WaitOptions = {}) {
    const ready = await load(modelCid, options)
    try {
      return await ready.embed({ texts, pooling: null, normalize: true }, options)
    } catch (error) {
      // What the engine did not survive is loaded again next time.
      if (!WeftError.is(error) || !harmless.includes(error.code)) loadedCid = undefined
      throw error
    }
  }

  return {
    embed(request, options) {
      const turn = last.then(() => embed(request, options))
      last = turn.catch(() => {})
      return turn
    },
    async close() {
      await last
      await engine?.close()
      files.letGo()
    },
  }
}

const harmless = ['engine/prompt-too-long', 'engine/empty-text', 'protocol/cancelled']

/** @throws WeftError `sdk/unknown-model`, `sdk/wrong-task` */
function findEmbeddingEntry(catalogue: readonly CatalogueEntry[], modelCid: string) {
  const entry = findEntry(catalogue, modelCid)
  if (entry.manifest.task === 'embedding') return entry
  throw new WeftError(
    'sdk/wrong-task',
    'This model answers. Choose one that makes vectors of texts.',
    { facts: [`Model: ${entry.manifest.name}`] },
  )
}
