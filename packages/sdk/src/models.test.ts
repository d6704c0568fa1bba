import type { ModelStore } from '@weft/storage'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createModels } from './models.ts'
import { openEngineStage } from './testing/engine-stage.ts'

let stage: Awaited<ReturnType<typeof openEngineStage>>
beforeEach(async () => {
  stage = await openEngineStage()
})
afterEach(() => stage.close())

const total = () => stage.manifest.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
const pick = () => [...stage.files].map(([path, bytes]) => new File([new Uint8Array(bytes)], path))

test('what is kept follows what is loaded', async () => {
  const { models, cids } = stage
  const [model = ''] = cids
  await models.prepare(model, 'auto')
  await expect.poll(() => models.cached.get()).toMatchObject([{ modelCid: model }])
  expect(models.cached.get()[0]?.cachedBytes).toBe(total())
  expect(models.storage.get()).toMatchObject({ modelBytes: total(), quotaBytes: null })
})

test('a model that is loaded is not deleted; another one is', async () => {
  const { models, cids, hub } = stage
  const [model = '', twin = ''] = cids
  await models.prepare(model, 'auto')
  await expect(models.remove(model)).rejects.toMatchObject({ code: 'storage/model-in-use' })
  await models.prepare(twin, 'auto')
  await models.remove(model)
  expect(models.cached.get().map(({ modelCid }) => modelCid)).toEqual([twin])
  hub.reset()
  await models.prepare(model, 'auto')
  expect(hub.requests).toEqual([])
})

test('a model that failed to load can be deleted', async () => {
  const { models, cids, hub } = stage
  const [model = ''] = cids
  const path = stage.manifest.graph
  hub.fail(path, { kind: 'status', status: 404 }, 10)
  await expect(models.prepare(model, 'auto')).rejects.toMatchObject({ code: 'storage/not-found' })
  expect(models.engine.get()).toMatchObject({ phase: 'failed' })
  await models.refreshStorage()
  expect(models.cached.get()).toHaveLength(1)
  await models.remove(model)
  expect(models.cached.get()).toEqual([])
})

test('a known model is imported from files, and then needs no server', async () => {
  const { models, cids, hub } = stage
  const [model = ''] = cids
  const { modelCid, missingFiles } = await models.import(pick())
  expect(cids).toContain(modelCid)
  expect(missingFiles).toEqual([])
  hub.reset()
  await models.prepare(model, 'auto')
  expect(hub.requests).toEqual([])
})

test('what was imported on an earlier visit is in the list from the beginning', async () => {
  const { models, manifest, cids } = stage
  const own = new File([JSON.stringify({ ...manifest, name: 'Own' })], 'manifest.json')
  const { modelCid } = await models.import([...pick(), own])
  const later = await stage.openModelsAgain()
  expect(later.list.get().map((entry) => entry.modelCid)).toEqual([...cids, modelCid])
})

test('a model of no site is offered as long as it is kept', async () => {
  const { models, manifest, cids } = stage
  const own = new File([JSON.stringify({ ...manifest, name: 'Own' })], 'manifest.json')
  const { modelCid } = await models.import([...pick(), own])
  expect(models.list.get().at(-1)).toMatchObject({ modelCid, isImported: true })
  await models.prepare(modelCid, 'auto')
  expect(models.engine.get()).toMatchObject({ phase: 'ready', modelCid })
  await models.prepare(cids[0] ?? '', 'auto')
  await models.remove(modelCid)
  expect(models.list.get().map((entry) => entry.modelCid)).toEqual(cids)
})

test('a model of other tabs of which a part is kept stays in the list, look after look', async () => {
  const { manifest, tabEngine, cids } = stage
  const [modelCid = ''] = cids
  const kept = { modelCid, manifest, isImported: false, publisher: 'giver', lastUsedAtMs: 1 }
  const { list, refreshLiveNodes } = await createModels({
    catalogue: { curated: [], problems: [], entries: [] },
    tabEngine,
    network: { findOffers: async () => [] },
    published: {
      async look(isKnown) {
        const models = isKnown(modelCid) ? [] : [{ modelCid, manifest, publisher: 'giver' }]
        return { models, storing: new Map([[modelCid, 1]]) }
      },
    },
    storing: { unshare: async () => {}, refresh: async () => {} },
    store: {
      list: async () => [{ ...kept, cachedBytes: 1, totalBytes: 2 }],
      space: stage.models.storage.get,
    } as unknown as ModelStore,
  })
  for (const look of [1, 2, 3]) {
    await refreshLiveNodes()
    expect([look, list.get().map((entry) => entry.modelCid)]).toEqual([look, [modelCid]])
  }
})
