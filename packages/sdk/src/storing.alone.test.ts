import 'fake-indexeddb/auto'
import { createRelay } from '@weft/network/relay'
import { createNodeNetwork } from '@weft/network/testing'
import { createPrivateKey, encodeManifest, manifestCid } from '@weft/protocol'
import { createBrowserStores, createModelStore, openDatabase } from '@weft/storage'
import { createMemoryChunks, hashesOf, sampleContent, sampleManifest } from '@weft/storage/testing'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { checkHolder } from './check-holder.ts'
import { findTabsFor } from './find-tabs.ts'
import { createNodeMemory } from './node-memory.ts'
import { initialPolicy } from './pausing/pause-policy.ts'
import { createPublishedModels } from './published-models.ts'
import { createStoring } from './storing.ts'
import { quietDevice } from './testing/quiet-device.ts'

const manifest = sampleManifest()
const modelCid = manifestCid(manifest)
const totalBytes = manifest.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
const files = [
  ...[...sampleContent].map(([path, bytes]) => new File([new Uint8Array(bytes)], path)),
  new File([JSON.stringify(manifest)], 'manifest.json'),
]
const storage = {
  estimate: async () => ({}),
  persist: async () => false,
  persisted: async () => false,
}

let relay: Awaited<ReturnType<typeof createRelay>>
const closers: (() => Promise<unknown>)[] = []
beforeAll(async () => {
  relay = await createRelay({ privateKey: createPrivateKey(), host: '127.0.0.1', port: 0 })
})
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})
afterAll(() => relay.stop())

/** A tab without a page: each has locks of its own, as browsers have. */
async function openTab(name: string = crypto.randomUUID()) {
  const stores = createBrowserStores(await openDatabase(name))
  const chunks = createMemoryChunks()
  const { locks } = navigator
  const store = createModelStore({ chunks, stores, locks, storage })
  const { network } = await createNodeNetwork({ relays: relay.addresses().slice(0, 1) })
  closers.push(() => network.stop())
  const memory = createNodeMemory()
  const { pausing } = quietDevice()
  closers.push(async () => pausing.close())
  const openStoring = async () => {
    const given: [string, number][] = []
    const storing = await createStoring({
      kept: stores.storing,
      store,
      network,
      locks,
      pausing,
      channel: new BroadcastChannel(name),
      lockName: name,
      onGiven: (peerId, bytes) => given.push([peerId, bytes]),
    })
    closers.push(() => storing.close())
    return { storing, given }
  }
  const fetchModel = (signal?: AbortSignal) =>
    store.open(
      { manifest, sources: [], findTabs: findTabsFor({ network, memory }, modelCid) },
      signal ? { signal } : {},
    )
  return { stores, chunks, store, network, memory, pausing, openStoring, fetchModel }
}

async function openSharing(name?: string) {
  const tab = await openTab(name)
  await tab.store.import({ files, known: [] })
  const role = await tab.openStoring()
  await role.storing.limit({ bytesPerSecond: null, maxPeers: 4 })
  await role.storing.share(modelCid)
  await vi.waitFor(() => expect(role.storing.state.get().isGiving).toBe(true), wait)
  return { ...tab, ...role }
}

const wait = { timeout: 10_000 }
type Tab = Awaited<ReturnType<typeof openTab>>
const sees = (tab: Tab, count: number) =>
  vi.waitFor(async () => {
    const offers = await tab.network.findOffers({ role: 'stores', modelCid })
    expect(offers).toHaveLength(count)
  }, wait)

test('a model that one tab shares comes to another, and what was given is counted', async () => {
  const [giver, taker] = [await openSharing(), await openTab()]
  await sees(taker, 1)
  expect(hashesOf(await taker.fetchModel())).toEqual(hashesOf(sampleContent))
  await vi.waitFor(() => {
    const { givenBytes, givenTodayBytes, peers } = giver.storing.state.get()
    expect([givenBytes, givenTodayBytes, peers]).toEqual([totalBytes, totalBytes, 1])
  }, wait)
  expect(new Set(giver.given.map(([peerId]) => peerId))).toEqual(new Set([taker.network.peerId]))
  expect(giver.given.reduce((sum, [, bytes]) => sum + bytes, 0)).toBe(totalBytes)
})

test('the wish outlasts a reload; unshared, it is given no more', async () => {
  const name = crypto.randomUUID()
  const tab = await openSharing(name)
  await tab.storing.limit({ bytesPerSecond: null, maxPeers: 2 })
  await tab.storing.close()
  const { storing } = await tab.openStoring()
  await vi.waitFor(() => expect(storing.state.get().isGiving).toBe(true), wait)
  expect(storing.state.get()).toMatchObject({
    shared: [modelCid],
    limits: { bytesPerSecond: null, maxPeers: 2 },
  })
  const taker = await openTab()
  await sees(taker, 1)
  await storing.unshare(modelCid)
  await sees(taker, 0)
  await expect(taker.fetchModel()).rejects.toMatchObject({ code: 'storage/no-tabs' })
})

test('outside of its owner’s hours nothing is given; a pause by hand is about serving', async () => {
  const [giver, taker] = [await openSharing(), await openTab()]
  await sees(taker, 1)
  giver.pausing.setPolicy({ ...initialPolicy, hours: { days: [], from: 0, to: 60 } })
  await sees(taker, 0)
  expect(giver.storing.state.get()).toMatchObject({
    isGiving: false,
    shared: [modelCid],
    sentence: 'Paused: your hours have no day.',
  })
  await expect(taker.fetchModel()).rejects.toMatchObject({ code: 'storage/no-tabs' })
  giver.pausing.setPolicy({ ...initialPolicy, untilMs: Date.now() + 60_000 })
  await sees(taker, 1)
  expect(hashesOf(await taker.fetchModel())).toEqual(hashesOf(sampleContent))
})

test('of two tabs of a browser one gives; the other takes over', async () => {
  const tab = await openSharing()
  const second = await tab.openStoring()
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(second.storing.state.get()).toMatchObject({ isGiving: false, shared: [modelCid] })
  expect(second.storing.state.get().sentence).toContain('Another tab of this browser')
  await tab.storing.close()
  await vi.waitFor(() => expect(second.storing.state.get().isGiving).toBe(true), wait)
})

test('what is whole again after the browser had cleared it is given again', async () => {
  const { store, chunks, storing } = await openSharing()
  const [hash = ''] = manifest.files[0]?.chunks ?? []
  await chunks.remove(hash)
  await storing.refresh()
  expect(storing.state.get()).toMatchObject({ shared: [modelCid], isGiving: false })
  expect(storing.state.get().sentence).toContain('Load it again')
  await store.import({ files, known: [] })
  await storing.refresh()
  expect(storing.state.get().isGiving).toBe(true)
  const taker = await openTab()
  await sees(taker, 1)
})

test('what is not kept whole is not shared', async () => {
  const { openStoring } = await openTab()
  const { storing } = await openStoring()
  await expect(storing.share(modelCid)).rejects.toMatchObject({ code: 'sdk/not-whole' })
  expect(storing.state.get().sentence).toContain('Nothing is shared')
})

test('a tab that gives wrong chunks is a liar from then on', async () => {
  const [liar, honest, taker] = [await openTab(), await openSharing(), await openTab()]
  liar.network.handleChunks({
    limits: () => ({ bytesPerSecond: null, maxPeers: 4 }),
    manifest: async () => encodeManifest(manifest),
    holdings: async () => new Uint8Array(4).fill(255),
    chunk: async () => new Uint8Array(1000),
    onGiven: () => {},
  })
  liar.network.announce({ stores: [modelCid] })
  await sees(taker, 2)
  expect(hashesOf(await taker.fetchModel())).toEqual(hashesOf(sampleContent))
  expect(taker.memory.isLiar(liar.network.peerId)).toBe(true)
  expect(taker.memory.isLiar(honest.network.peerId)).toBe(false)
})

test('who holds a model can prove it; who does not is found out', async () => {
  const [holder, fraud, checker] = [await openSharing(), await openTab(), await openSharing()]
  fraud.network.handleChunks({
    limits: () => ({ bytesPerSecond: null, maxPeers: 4 }),
    manifest: async () => null,
    holdings: async () => null,
    chunk: async () => new Uint8Array(1000),
    onGiven: () => {},
  })
  fraud.network.announce({ stores: [modelCid] })
  await sees(checker, 3)
  const offers = await checker.network.findOffers({ role: 'stores', modelCid })
  const check = async (peerId: string) => {
    const found = offers.find(({ registration }) => registration.peerId === peerId)
    if (!found) throw new Error('not found')
    return checkHolder(checker, { holder: found.registration, modelCid })
  }
  expect(await check(holder.network.peerId)).toBe('holds')
  expect(await check(fraud.network.peerId)).toBe('lacks')
  expect(checker.memory.isLiar(fraud.network.peerId)).toBe(true)
  await holder.storing.unshare(modelCid)
  expect(await check(holder.network.peerId)).toBe('lacks')
  expect(checker.memory.isLiar(holder.network.peerId)).toBe(false)
})

test('what this site does not know is found with its manifest, checked, in small numbers', async () => {
  const [giver, flood, taker] = [await openSharing(), await openTab(), await openTab()]
  let asked = 0
  flood.network.handleChunks({
    limits: () => ({ bytesPerSecond: null, maxPeers: 4 }),
    manifest: async () => {
      asked += 1
      return null
    },
    holdings: async () => null,
    chunk: async () => null,
    onGiven: () => {},
  })
  const letters = 'abcdefghijklmnopqrstuvwxyz234567'
  const names = [...letters].map((letter) => `b${letter.repeat(58)}`)
  flood.network.announce({ stores: names })
  await sees(taker, 1)
  await vi.waitFor(async () => {
    const all = await taker.network.findOffers({ role: 'stores', modelCid: null })
    expect(all).toHaveLength(2)
  }, wait)
  const published = createPublishedModels(taker)
  let models: unknown[] = []
  for (let look = 0; look < 10 && models.length === 0; look += 1) {
    const before = asked
    models = (await published.look(() => false)).models
    expect(asked - before).toBeLessThanOrEqual(4)
  }
  expect(models).toEqual([{ modelCid, manifest, publisher: giver.network.peerId }])
  expect(asked).toBeLessThanOrEqual(names.length)
  expect((await published.look((cid) => cid === modelCid)).models).toEqual([])
})

test('who names a model that it has not keeps nobody from one that has it', async () => {
  const [, taker] = [await openSharing(), await openTab()]
  const frauds = [await openTab(), await openTab(), await openTab()]
  for (const { network } of frauds) network.announce({ stores: [modelCid] })
  await sees(taker, 4)
  const published = createPublishedModels(taker)
  const looks = frauds.length + 1
  for (let look = 1; look < looks; look += 1) await published.look(() => false)
  expect((await published.look(() => false)).models).toMatchObject([{ modelCid }])
})

test('all models of a tab that gives several are found in one look', async () => {
  const [giver, taker] = [await openTab(), await openTab()]
  const names = ['One', 'Two', 'Three', 'Four']
  const manifests = names.map((name) => ({ ...manifest, name }))
  const given = new Map(manifests.map((each) => [manifestCid(each), encodeManifest(each)]))
  giver.network.handleChunks({
    limits: () => ({ bytesPerSecond: null, maxPeers: 1 }),
    manifest: async (cid) => given.get(cid) ?? null,
    holdings: async () => null,
    chunk: async () => null,
    onGiven: () => {},
  })
  giver.network.announce({ stores: [...given.keys()] })
  await vi.waitFor(async () => {
    const offers = await taker.network.findOffers({ role: 'stores', modelCid: null })
    expect(offers).toHaveLength(1)
  }, wait)
  const { models } = await createPublishedModels(taker).look(() => false)
  expect(models.map((model) => model.manifest.name).sort()).toEqual(names.toSorted())
})

test('a look that its page has ended says nothing against a tab', async () => {
  const [, { network, memory, ...taker }] = [await openSharing(), await openTab()]
  await sees({ network, memory, ...taker }, 1)
  let page = new AbortController()
  let isLeaving = true
  const published = createPublishedModels({
    memory,
    network: {
      peerId: network.peerId,
      findOffers: (...query) => network.findOffers(...query),
      openChunks(...to) {
        if (isLeaving) page.abort()
        return network.openChunks(...to)
      },
    },
  })
  expect((await published.look(() => false, page.signal)).models).toEqual([])
  isLeaving = false
  page = new AbortController()
  expect((await published.look(() => false, page.signal)).models).toMatchObject([{ modelCid }])
})
