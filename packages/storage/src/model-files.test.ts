import { chunkBytes, type WeftError } from '@weft/protocol'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type FetchModelInit, fetchModelFiles, totalBytes } from './model-files.ts'
import { type HubFault, type HubServer, openHubServer } from './testing/hub-server.ts'
import { createMemoryChunks, hashesOf, sampleContent, sampleManifest } from './testing/samples.ts'

const graph = 'onnx/model.onnx'
const manifest = sampleManifest()
const whole = hashesOf(sampleContent)
const timing = { stallMs: 2000, retryMs: 10, maxPauseMs: 1500 }
const timingFor = ({ kind }: HubFault) => (kind === 'stall' ? { ...timing, stallMs: 150 } : timing)

let hub: HubServer
let mirror: HubServer
beforeAll(async () => {
  const repository = { id: 'weft/sample', sha: '0'.repeat(40), files: sampleContent }
  hub = await openHubServer(repository)
  mirror = await openHubServer(repository)
})
afterEach(() => {
  hub.reset()
  mirror.reset()
})
afterAll(() => Promise.all([hub.close(), mirror.close()]))

type Change = Partial<FetchModelInit> & { signal?: AbortSignal }

function load({ signal, ...change }: Change = {}): Promise<Map<string, Uint8Array>> {
  const init = { manifest, sources: [hub.source], chunks: createMemoryChunks(), timing, ...change }
  return fetchModelFiles(init, signal ? { signal } : {})
}

async function failure(change: Change = {}): Promise<WeftError> {
  return load(change).then(
    () => {
      throw new Error('It should have failed.')
    },
    (error) => error,
  )
}

const rangesOf = (path: string) =>
  hub.requests.filter((request) => request.path === path).map(({ range }) => range)

test('files arrive whole through a redirect, with progress, and are not fetched twice', async () => {
  const chunks = createMemoryChunks()
  const progress: number[] = []
  const files = await fetchModelFiles(
    { manifest, sources: [hub.source], chunks },
    { onProgress: ({ loadedBytes }) => progress.push(loadedBytes) },
  )
  expect(hashesOf(files)).toEqual(whole)
  expect(progress.at(-1)).toBe(totalBytes(manifest))
  expect(progress).toEqual([...progress].sort((a, b) => a - b))
  hub.reset()
  expect(hashesOf(await load({ chunks }))).toEqual(whole)
  expect(hub.requests).toEqual([])
})

test('a broken connection is mended at the chunk where it broke', async () => {
  hub.fail(graph, { kind: 'break', atByte: 2.5 * chunkBytes })
  expect(hashesOf(await load())).toEqual(whole)
  const rest = `bytes=${2 * chunkBytes}-${3.5 * chunkBytes - 1}`
  expect(rangesOf(graph)).toEqual([undefined, rest])
})

test('only the chunks that are missing are asked for', async () => {
  const chunks = createMemoryChunks()
  await load({ chunks })
  const { chunks: hashes = [] } = manifest.files.find(({ path }) => path === graph) ?? {}
  for (const index of [0, 2]) await chunks.remove(hashes[index] ?? '')
  hub.reset()
  expect(hashesOf(await load({ chunks }))).toEqual(whole)
  expect(rangesOf(graph)).toEqual([
    `bytes=0-${chunkBytes - 1}`,
    `bytes=${2 * chunkBytes}-${3 * chunkBytes - 1}`,
  ])
})

test('a server that ignores ranges is read from the start, and what was kept stays', async () => {
  hub.fail(graph, { kind: 'break', atByte: 1.5 * chunkBytes })
  const chunks = createMemoryChunks()
  const controller = new AbortController()
  const first = fetchModelFiles(
    { manifest, sources: [hub.source], chunks, timing: { ...timing, retryMs: 60_000 } },
    {
      signal: controller.signal,
      onProgress: ({ loadedBytes }) => {
        if (loadedBytes > chunkBytes) setTimeout(() => controller.abort(), 50)
      },
    },
  )
  await expect(first).rejects.toMatchObject({ code: 'protocol/cancelled' })
  hub.fail(graph, { kind: 'ignore-range' })
  expect(hashesOf(await load({ chunks }))).toEqual(whole)
  expect(rangesOf(graph).at(-1)).toBe(`bytes=${chunkBytes}-${3.5 * chunkBytes - 1}`)
})

test.each<[string, HubFault, number]>([
  ['a slow line', { kind: 'slow', partBytes: 128 * 1024, pauseMs: 20 }, 1],
  ['a server that stops sending', { kind: 'stall', atByte: chunkBytes + 5 }, 1],
  [
    'a busy server that says when to come back',
    { kind: 'status', status: 429, retryAfter: '1' },
    1,
  ],
  ['a server that fails for a moment', { kind: 'status', status: 502 }, 2],
  ['a wrong content-length, too long', { kind: 'content-length', by: 1000 }, 1],
  ['a wrong content-length, too short', { kind: 'content-length', by: -1000 }, 1],
  ['a body that ends early', { kind: 'end', atByte: 2 * chunkBytes }, 1],
  ['a file that has more behind its end', { kind: 'append', bytes: 9 }, 1],
])('survives %s', async (_, fault, times) => {
  hub.fail(graph, fault, times)
  expect(hashesOf(await load({ timing: timingFor(fault) }))).toEqual(whole)
})

test.each<[string, HubFault, string, RegExp]>([
  ['404', { kind: 'status', status: 404 }, 'storage/not-found', /does not have onnx\/model\.onnx/],
  ['403', { kind: 'status', status: 403 }, 'storage/refused', /account or a licence/],
  [
    'a long pause',
    { kind: 'status', status: 429, retryAfter: '600' },
    'storage/server-busy',
    /10 minutes/,
  ],
  ['no end of 503', { kind: 'status', status: 503 }, 'storage/server-busy', /too busy/],
  ['no end of breaks', { kind: 'break', atByte: 10 }, 'storage/download', /connection .* failed/],
  ['silence', { kind: 'stall', atByte: 10 }, 'storage/download', /stopped sending/],
  ['a login page', { kind: 'web-page' }, 'storage/not-a-file', /web page instead/],
  [
    'flipped bits',
    { kind: 'flip', atByte: 1.5 * chunkBytes },
    'storage/wrong-hash',
    /not what it should be/,
  ],
  [
    'a shorter file',
    { kind: 'end', atByte: 3 * chunkBytes },
    'storage/wrong-hash',
    /not what it should/,
  ],
])('%s is told in plain words, and nothing verified is lost', async (_, fault, code, words) => {
  const chunks = createMemoryChunks()
  hub.fail(graph, fault, 100)
  const error = await failure({ chunks, timing: timingFor(fault) })
  expect(error.code).toBe(code)
  expect(`${error.message} ${error.facts.join(' ')}`).toMatch(words)
  expect(error.facts.join()).toContain(hub.origin)
  const before = (await chunks.sizes()).size
  expect(before).toBeGreaterThanOrEqual(3)
  hub.reset()
  expect(hashesOf(await load({ chunks }))).toEqual(whole)
  expect(hub.requests.map(({ path }) => path)).toEqual([graph])
})

test('a wrong chunk is named and not kept; the ones before it are', async () => {
  const chunks = createMemoryChunks()
  hub.fail(graph, { kind: 'flip', atByte: chunkBytes + 7 })
  const error = await failure({ chunks })
  expect(error.message).toContain(graph)
  expect(error.facts.join()).toContain('Chunk 1')
  const [first, second] = manifest.files.find(({ path }) => path === graph)?.chunks ?? []
  expect(await chunks.get(first ?? '')).toBeDefined()
  expect(await chunks.get(second ?? '')).toBeUndefined()
})

test('the next place is asked, from where the first one failed', async () => {
  hub.fail(graph, { kind: 'flip', atByte: 2 * chunkBytes }, 100)
  expect(hashesOf(await load({ sources: [hub.source, mirror.source] }))).toEqual(whole)
  expect(mirror.requests).toEqual([
    { path: graph, range: `bytes=${2 * chunkBytes}-${3.5 * chunkBytes - 1}` },
  ])
})

test('when no place has it, every place says why', async () => {
  hub.fail(graph, { kind: 'status', status: 404 }, 100)
  mirror.fail(graph, { kind: 'status', status: 401 }, 100)
  const error = await failure({ sources: [hub.source, mirror.source] })
  expect(error.code).toBe('storage/download')
  expect(error.facts.join()).toContain(hub.origin)
  expect(error.facts.join()).toContain(mirror.origin)
})

test('part of another place in the file is refused before its bytes are read', async () => {
  const chunks = createMemoryChunks()
  await load({ chunks })
  const { chunks: hashes = [] } = manifest.files.find(({ path }) => path === graph) ?? {}
  await chunks.remove(hashes[1] ?? '')
  hub.fail(graph, { kind: 'other-range' })
  const error = await failure({ chunks })
  expect(error.message).toContain('another part')
})

test('a kept chunk that went bad on disk is fetched again', async () => {
  const chunks = createMemoryChunks()
  await load({ chunks })
  await chunks.put(manifest.files[0]?.chunks[0] ?? '', Uint8Array.of(1, 2, 3))
  expect(hashesOf(await load({ chunks }))).toEqual(whole)
})

test('a tokenizer whose whole hash is not that of its chunks is refused', async () => {
  const files = manifest.files.map((file) =>
    file.path === 'tokenizer.json' ? { ...file, sha256: '0'.repeat(64) } : file,
  )
  const error = await failure({ manifest: { ...manifest, files } })
  expect(error).toMatchObject({ code: 'storage/bad-manifest' })
  expect(error.message).toContain('tokenizer.json')
})

test('a host that nobody answers at is told apart from a refusal', async () => {
  const error = await failure({ sources: ['http://127.0.0.1:1/'] })
  expect(error).toMatchObject({ code: 'storage/download' })
  expect(error.message).toContain('The connection to 127.0.0.1:1 failed')
})

test('without a place to fetch from it says so', async () => {
  expect(await failure({ sources: [] })).toMatchObject({ code: 'storage/no-source' })
})

test('cancel ends the download, also while it waits to ask again', async () => {
  await expect(load({ signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: 'protocol/cancelled',
  })
  hub.fail(graph, { kind: 'status', status: 503, retryAfter: '60' }, 100)
  const patient = { ...timing, maxPauseMs: 120_000 }
  const wait = load({ timing: patient, signal: AbortSignal.timeout(200) })
  await expect(wait).rejects.toMatchObject({ code: 'protocol/cancelled' })
})
