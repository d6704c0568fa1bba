import { bytesToHex, type ChunkAnswer, chunkBytes, type WeftError } from '@weft/protocol'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FetchModelInit, type FetchProgress, fetchModelFiles } from '../model-files.ts'
import { type HubServer, openHubServer } from '../testing/hub-server.ts'
import { createMemoryChunks, hashesOf, sampleContent, sampleManifest } from '../testing/samples.ts'
import type { ChunkSource } from './chunk-source.ts'

/** Ten and a half chunks. */
const content = new Map(sampleContent).set(
  'onnx/model.onnx',
  Uint8Array.from({ length: 10.5 * chunkBytes }, (_, at) => (at >> 20) ^ (at >> 8) ^ at),
)
const manifest = sampleManifest(content)
const whole = hashesOf(content)
const chunkCount = manifest.files.flatMap(({ chunks }) => chunks).length
const all = Array.from({ length: chunkCount }, (_, at) => at)

const bytesByHash = new Map<string, Uint8Array>()
for (const { path, chunks } of manifest.files) {
  for (const [index, hash] of chunks.entries()) {
    const bytes = content.get(path)?.slice(index * chunkBytes, (index + 1) * chunkBytes)
    bytesByHash.set(hash, bytes ?? new Uint8Array(0))
  }
}
const positionOf = (hash: string) => manifest.files.flatMap(({ chunks }) => chunks).indexOf(hash)

type TabInit = {
  holds?: number[]
  /** Milliseconds for one chunk. */
  ms?: number
  answer?: (right: ChunkAnswer, times: number) => ChunkAnswer
}

/** A tab in this process. It does what a line does: a question ends with its signal. */
function openTab(peerId: string, { holds = all, ms = 1, answer = (right) => right }: TabInit = {}) {
  const holdings = new Uint8Array(Math.ceil(chunkCount / 8))
  for (const at of holds) holdings[at >> 3] = (holdings[at >> 3] ?? 0) | (1 << (at & 7))
  const tab = { asked: [] as number[], accusations: 0, closed: 0, most: 0, running: 0 }
  const source: ChunkSource = {
    peerId,
    holdings,
    async chunk(hash, { signal }) {
      const hex = bytesToHex(hash)
      const times = tab.asked.push(positionOf(hex))
      tab.running += 1
      tab.most = Math.max(tab.most, tab.running)
      try {
        await new Promise((resolve, reject) => {
          setTimeout(resolve, ms)
          signal.addEventListener('abort', () => reject(signal.reason))
        })
      } finally {
        tab.running -= 1
      }
      return answer({ type: 'chunk', bytes: bytesByHash.get(hex) ?? hash }, times)
    },
    accuse() {
      tab.accusations += 1
    },
    close() {
      tab.closed += 1
    },
  }
  return Object.assign(tab, { source })
}
type TestTab = ReturnType<typeof openTab>

let hub: HubServer
beforeAll(async () => {
  hub = await openHubServer({ id: 'weft/sample', sha: '0'.repeat(40), files: content })
})
afterAll(() => hub.close())

async function fetchFrom(
  tabs: TestTab[],
  change: Partial<FetchModelInit> = {},
  signal?: AbortSignal,
) {
  let last: FetchProgress | undefined
  const files = await fetchModelFiles(
    {
      manifest,
      sources: [],
      chunks: createMemoryChunks(),
      async *findTabs() {
        for (const { source } of tabs) yield source
      },
      ...change,
    },
    {
      ...(signal ? { signal } : {}),
      onProgress: (progress) => {
        last = progress
      },
    },
  )
  const gave = new Map(last?.givers.map(({ peerId, bytes }) => [peerId, bytes]))
  return { hashes: hashesOf(files), gave }
}

const failure = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: WeftError) => error,
  )

test('several tabs give one model, each chunk once, and progress says who', async () => {
  const tabs = [openTab('a', { ms: 5 }), openTab('b', { ms: 5 })]
  const { hashes, gave } = await fetchFrom(tabs)
  expect(hashes).toEqual(whole)
  expect(tabs.flatMap(({ asked }) => asked).sort((x, y) => x - y)).toEqual(all)
  expect([...gave.keys()].sort()).toEqual(['a', 'b'])
  for (const { most, closed } of tabs) expect([most, closed]).toEqual([3, 1])
})

test('the rarest chunks are asked for first', async () => {
  const rare = [2, 6, 9]
  const common = all.filter((at) => !rare.includes(at))
  const tabs = [openTab('a', { holds: common }), openTab('b', { ms: 3 })]
  await fetchFrom(tabs)
  expect(tabs[1]?.asked.slice(0, 3).sort((x, y) => x - y)).toEqual(rare)
})

test('a wrong chunk costs its sender: accused once, asked nothing more, its chunk from elsewhere', async () => {
  const flip = (right: ChunkAnswer, times: number): ChunkAnswer =>
    right.type === 'chunk' && times > 2
      ? { ...right, bytes: right.bytes.map((byte) => byte ^ 1) }
      : right
  const [liar, honest] = [openTab('liar', { answer: flip }), openTab('honest', { ms: 5 })]
  const { hashes, gave } = await fetchFrom([liar, honest])
  expect(hashes).toEqual(whole)
  expect([liar.accusations, liar.closed]).toEqual([1, 1])
  expect(liar.asked.length).toBeLessThanOrEqual(6)
  expect(gave.get('liar') ?? 0).toBeLessThanOrEqual(2 * chunkBytes)
})

test('a chunk that is still being written when its giver is lost is in the model', async () => {
  const liar = openTab('liar', {
    answer: (right, times) => (times === 2 ? { type: 'chunk', bytes: new Uint8Array(9) } : right),
  })
  const chunks = createMemoryChunks()
  let puts = 0
  const put: typeof chunks.put = async (hash, bytes) => {
    puts += 1
    if (puts === 1) await new Promise((resolve) => setTimeout(resolve, 400))
    return chunks.put(hash, bytes)
  }
  const { hashes } = await fetchFrom([liar, openTab('honest')], { chunks: { ...chunks, put } })
  expect(hashes).toEqual(whole)
  expect(liar.accusations).toBe(1)
  expect((await chunks.sizes()).size).toBe(new Set(bytesByHash.keys()).size)
})

test('what a tab that hangs was asked for is asked of another', async () => {
  const tabs = [openTab('hangs', { ms: 60_000 }), openTab('b')]
  expect((await fetchFrom(tabs)).hashes).toEqual(whole)
  expect(tabs[0]).toMatchObject({ closed: 1, running: 0 })
})

test('tabs and a place on the web share the work, and the place is asked in runs', async () => {
  hub.reset()
  hub.fail('onnx/model.onnx', { kind: 'slow', partBytes: 2 ** 18, pauseMs: 3 }, 100)
  const { hashes, gave } = await fetchFrom([openTab('a', { ms: 30 })], { sources: [hub.source] })
  expect(hashes).toEqual(whole)
  expect(gave.get('a')).toBeGreaterThan(0)
  expect(gave.get(null)).toBeGreaterThan(0)
  expect(hub.requests.length).toBeLessThan(chunkCount)
})

test('without the web, and the other way round, the model is whole', async () => {
  const dead = 'http://127.0.0.1:1/'
  const timing = { stallMs: 500, retryMs: 5, maxPauseMs: 500 }
  expect((await fetchFrom([openTab('a')], { sources: [dead], timing })).hashes).toEqual(whole)
  const broken = openTab('b', {
    answer: () => {
      throw new Error('gone')
    },
  })
  expect((await fetchFrom([broken], { sources: [hub.source] })).hashes).toEqual(whole)
})

test('a busy tab is asked again when it said; one that lacks what it promised is not', async () => {
  const busy = openTab('busy', {
    answer: (right, times) => (times < 4 ? { type: 'busy', retryAfterMs: 5 } : right),
  })
  expect((await fetchFrom([busy])).hashes).toEqual(whole)
  const empty = openTab('empty', { answer: () => ({ type: 'not-held' }) })
  const error = await failure(fetchFrom([empty]))
  expect(error).toMatchObject({ code: 'storage/no-tabs' })
  expect(empty.asked).toHaveLength(chunkCount)
})

test('cancel works at once, and what has come is not asked for again', async () => {
  const chunks = createMemoryChunks()
  const controller = new AbortController()
  const slow = openTab('slow', {
    answer: (right, times) => {
      if (times === 8) controller.abort()
      return right
    },
  })
  const error = await failure(fetchFrom([slow], { chunks }, controller.signal))
  expect(error).toMatchObject({ code: 'protocol/cancelled' })
  expect(slow).toMatchObject({ running: 0, closed: 1 })
  const before = (await chunks.sizes()).size
  expect(before).toBeGreaterThan(3)
  const next = openTab('next')
  expect((await fetchFrom([next], { chunks })).hashes).toEqual(whole)
  expect(next.asked).toHaveLength(chunkCount - before)
})
