/**
 * The model store on what it is made for: a real private file system, database, locks and quota.
 */
import { chunkBytes, type Manifest, manifestCid, manifestSchema, parse } from '@weft/protocol'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { cdp } from 'vitest/browser'
import { createBrowserStores } from './browser-stores.ts'
import { openChunkStore } from './chunk-store.ts'
import { openDatabase } from './database.ts'
import { totalBytes } from './model-files.ts'
import { createModelStore, type ModelStore } from './model-store.ts'
import type { Stores } from './stores.ts'

const folder = new URL('/models/bobbin/', location.href).href
const { locks, storage } = navigator

let stores: Stores
let store: ModelStore
let bobbin: Manifest
/** The same files under another name: all chunks are shared. */
let twin: Manifest

beforeEach(async () => {
  const response = await fetch(`${folder}manifest.json`)
  bobbin = parse('manifest', manifestSchema, await response.json())
  twin = { ...bobbin, name: 'Twin' }
  stores = createBrowserStores(await openDatabase(`models-${crypto.randomUUID()}`))
  store = createModelStore({ chunks: await openChunkStore(storage), stores, locks, storage })
})

afterEach(async () => {
  await limitQuota(null)
  const root = await storage.getDirectory()
  await root.removeEntry('chunks', { recursive: true }).catch(() => {})
  stores.close()
})

/** What may be written; Chromium tells a page another, fixed figure. Null lifts the limit. */
async function limitQuota(quotaBytes: number | null): Promise<void> {
  const limit = quotaBytes === null ? {} : { quotaSize: quotaBytes }
  await cdp().send('Storage.overrideQuotaForOrigin', { origin: location.origin, ...limit })
}

const load = (manifest: Manifest, sources = [folder]) => store.open({ manifest, sources })
const cached = async () =>
  (await store.list()).map(({ manifest, cachedBytes }) => [manifest.name, cachedBytes])

test('a model is fetched once, listed, and read back without a server', async () => {
  expect(await store.list()).toEqual([])
  const first = await load(bobbin)
  const [listed] = await store.list()
  const total = totalBytes(bobbin)
  const modelCid = manifestCid(bobbin)
  expect(listed).toMatchObject({
    modelCid,
    cachedBytes: total,
    totalBytes: total,
    isImported: false,
  })
  expect(Date.now() - (listed?.lastUsedAtMs ?? 0)).toBeLessThan(60_000)
  const again = await load(bobbin, [])
  expect([...again.keys()]).toEqual([...first.keys()])
  expect(await store.space()).toMatchObject({ modelBytes: total, isLasting: true })
})

test('a download that was cancelled is listed as begun, and goes on where it was', async () => {
  const controller = new AbortController()
  const wait = store.open(
    { manifest: bobbin, sources: [folder] },
    {
      signal: controller.signal,
      onProgress: ({ loadedBytes }) => loadedBytes > 2 ** 20 && controller.abort(),
    },
  )
  await expect(wait).rejects.toMatchObject({ code: 'protocol/cancelled' })
  const [begun] = await store.list()
  expect(begun?.cachedBytes).toBeGreaterThan(2 ** 20)
  expect(begun?.cachedBytes).toBeLessThan(totalBytes(bobbin))
  const loaded: number[] = []
  await store.open(
    { manifest: bobbin, sources: [folder] },
    { onProgress: ({ loadedBytes }) => loaded.push(loadedBytes) },
  )
  expect(await cached()).toEqual([['Bobbin', totalBytes(bobbin)]])
})

test('removing a model leaves what another one shares with it', async () => {
  await load(bobbin)
  await load(twin, [])
  await store.remove(manifestCid(bobbin))
  expect(await cached()).toEqual([['Twin', totalBytes(bobbin)]])
  await load(twin, [])
  await store.remove(manifestCid(twin))
  expect(await cached()).toEqual([])
  expect(await store.space()).toMatchObject({ modelBytes: 0 })
})

test('a model in use is not removed until everybody has let go', async () => {
  await load(bobbin)
  const modelCid = manifestCid(bobbin)
  const letGo = [await store.hold(modelCid), await store.hold(modelCid)]
  for (const release of letGo) {
    await expect(store.remove(modelCid)).rejects.toMatchObject({ code: 'storage/model-in-use' })
    release()
  }
  await expect.poll(() => store.remove(modelCid).then(() => 'removed')).toBe('removed')
  expect(await cached()).toEqual([])
})

test('a model that does not fit the quota is refused before anything is fetched', async () => {
  const { quota = 0 } = await storage.estimate()
  const [file] = bobbin.files
  const count = Math.ceil(quota / chunkBytes) + 2
  const chunks = Array(count).fill('0'.repeat(64))
  const huge = { path: 'onnx/huge.onnx', sizeBytes: count * chunkBytes, chunks }
  const manifest = { ...bobbin, files: [...bobbin.files, { ...file, sha256: '', ...huge }] }
  const requests = performance.getEntriesByType('resource').length
  await expect(load(manifest)).rejects.toMatchObject({
    code: 'storage/no-space',
    message: expect.stringMatching(/^Bobbin needs [\d,]+ MB of storage; this browser leaves /),
  })
  expect(performance.getEntriesByType('resource')).toHaveLength(requests)
  expect(await cached()).toEqual([])
})

test('a disk that fills up while a model comes loses nothing but the copy', async () => {
  const files = await store.open(
    { manifest: bobbin, sources: [folder] },
    { onProgress: ({ loadedBytes }) => loadedBytes === 0 && limitQuota(1_500_000) },
  )
  expect(files.size).toBe(bobbin.files.length)
  const [begun] = await store.list()
  expect(begun?.cachedBytes).toBeLessThan(totalBytes(bobbin))
})

/** Bobbin's folder, as a person would choose it. */
function pickBobbin(): Promise<File[]> {
  return Promise.all(
    [...bobbin.files.map(({ path }) => path), 'manifest.json'].map(async (path) => {
      const response = await fetch(folder + path)
      return new File([await response.blob()], path.split('/').at(-1) ?? path)
    }),
  )
}

test('a model is not removed while its import goes on', async () => {
  const removals: Promise<unknown>[] = []
  const failure = (error: unknown) => error
  const options = {
    onProgress: ({ loadedBytes }: { loadedBytes: number }) => {
      // Behind the first pass, which only checks.
      if (loadedBytes <= totalBytes(bobbin) || removals.length > 0) return
      removals.push(store.remove(manifestCid(bobbin)).catch(failure))
    },
  }
  await store.import({ files: await pickBobbin(), known: [] }, options)
  expect(await Promise.all(removals)).toMatchObject([{ code: 'storage/model-in-use' }])
  expect(await cached()).toEqual([['Bobbin', totalBytes(bobbin)]])
})

test('cancel does not wait for a question of the browser', async () => {
  const asking = createModelStore({
    chunks: await openChunkStore(storage),
    stores,
    locks,
    storage: {
      estimate: async () => ({ quota: 0, usage: 0 }),
      persist: () => new Promise(() => {}),
      persisted: async () => false,
    },
  })
  const wait = asking.open(
    { manifest: bobbin, sources: [folder] },
    { signal: AbortSignal.timeout(50) },
  )
  await expect(wait).rejects.toMatchObject({ code: 'protocol/cancelled' })
})

test('a model comes from files of this device, and is there afterwards', async () => {
  const files = await pickBobbin()
  const report = await store.import({ files, known: [] })
  expect(report).toMatchObject({ modelCid: manifestCid(bobbin), missingFiles: [] })
  expect((await load(bobbin, [])).size).toBe(bobbin.files.length)
  expect(await store.list()).toMatchObject([{ isImported: true }])
})

test('the browser says whether it may clear this by itself', async () => {
  const granted = await store.requestPersistence()
  expect((await store.space()).isPersisted).toBe(granted)
})
