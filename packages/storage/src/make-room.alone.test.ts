import 'fake-indexeddb/auto'
import { manifestCid } from '@weft/protocol'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createBrowserStores } from './browser-stores.ts'
import { openDatabase } from './database.ts'
import { createModelStore } from './model-store.ts'
import { type HubServer, openHubServer } from './testing/hub-server.ts'
import { createMemoryChunks, sampleContent, sampleManifest } from './testing/samples.ts'

const megabyte = 2 ** 20
const names = ['first', 'second', 'third', 'fourth']
/** Each has half a MiB of its own, and nothing in common with the others but three small files. */
const models = names.map((name, at) => {
  const graph = new Uint8Array(megabyte / 2).fill(at + 1)
  const content = new Map(sampleContent).set('onnx/model.onnx', graph)
  return { name, content, manifest: sampleManifest(content, name) }
})

let hubs: HubServer[]
beforeAll(async () => {
  hubs = await Promise.all(
    models.map(({ content }) =>
      openHubServer({ id: 'weft/sample', sha: '0'.repeat(40), files: content }),
    ),
  )
})
afterAll(() => Promise.all(hubs.map((hub) => hub.close())))

/** A browser that leaves room for two of the models. */
async function openStore() {
  const chunks = createMemoryChunks()
  const stores = createBrowserStores(await openDatabase(crypto.randomUUID()))
  const estimate = async () => {
    const sizes = [...(await chunks.sizes()).values()]
    return { quota: 1.2 * megabyte, usage: sizes.reduce((sum, size) => sum + size, 0) }
  }
  const storage = { estimate, persist: async () => false, persisted: async () => false }
  const { locks } = navigator
  const store = createModelStore({ chunks, stores, locks, storage })
  const cidOf = (at: number) => {
    const model = models[at]
    if (!model) throw new Error('no such model')
    return manifestCid(model.manifest)
  }
  return {
    stores,
    store,
    cidOf,
    async load(at: number): Promise<void> {
      const [model, hub] = [models[at], hubs[at]]
      if (!model || !hub) throw new Error('no such model')
      await store.open({ manifest: model.manifest, sources: [hub.source] })
      // Models loaded in the same millisecond would have no order.
      await new Promise((resolve) => setTimeout(resolve, 2))
    },
    kept: async () => (await store.list()).map(({ manifest }) => manifest.name).sort(),
  }
}

test('the model used least makes room for a new one', async () => {
  const { load, kept } = await openStore()
  for (const at of [0, 1]) await load(at)
  await load(0)
  await load(2)
  expect(await kept()).toEqual(['first', 'third'])
})

test('what is shared, loaded or imported stays, and the new one is refused', async () => {
  const { stores, store, cidOf, load, kept } = await openStore()
  await load(0)
  await load(1)
  await stores.storing.change((before) => ({ ...before, shared: [cidOf(0)] }))
  const release = await store.hold(cidOf(1))
  await expect(load(2)).rejects.toMatchObject({ code: 'storage/no-space' })
  expect(await kept()).toEqual(['first', 'second'])
  release()
  await load(2)
  expect(await kept()).toEqual(['first', 'third'])

  const { content, manifest } = models[3] ?? models[0] ?? { content: new Map(), manifest: null }
  const files = [...content].map(([path, bytes]) => new File([new Uint8Array(bytes)], path))
  await store.import({
    files: [...files, new File([JSON.stringify(manifest)], 'manifest.json')],
    known: [],
  })
  expect(await kept()).toEqual(['first', 'fourth'])
  await expect(load(1)).rejects.toMatchObject({ code: 'storage/no-space' })
  expect(await kept()).toEqual(['first', 'fourth'])
})
