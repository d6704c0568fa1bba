import 'fake-indexeddb/auto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  bytesToHex,
  chunkBytes,
  type Manifest,
  type ManifestFile,
  sha256,
  WeftError,
} from '@weft/protocol'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ChunkStore } from './chunk-store.ts'
import { type Database, openDatabase } from './database.ts'
import {
  getConversation,
  listConversations,
  putConversation,
  removeConversation,
} from './history.ts'
import { claimIdentity } from './identity.ts'
import { fetchModelFiles, totalBytes } from './model-files.ts'
import type { Conversation } from './records.ts'

let database: Database
let databaseCount = 0
beforeEach(async () => {
  databaseCount += 1
  database = await openDatabase(`test-${databaseCount}`)
})

function createSession(): Pick<Storage, 'getItem' | 'setItem'> {
  const values = new Map<string, string>()
  return {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
  }
}

describe('identity', () => {
  // Node 24 has Web Locks of its own.
  const { locks } = navigator

  test('a reloaded tab is the same peer', async () => {
    const session = createSession()
    const before = await claimIdentity({ database, locks, session })
    before.release()
    const after = await claimIdentity({ database, locks, session })
    expect(after.peerId).toBe(before.peerId)
    after.release()
  })

  test('a reload that overtakes the old page waits for it', async () => {
    const session = createSession()
    const before = await claimIdentity({ database, locks, session })
    const next = claimIdentity({ database, locks, session })
    setTimeout(before.release, 100)
    const after = await next
    expect(after.peerId).toBe(before.peerId)
    after.release()
  })

  test('two open tabs are two peers, also when one is a copy of the other', async () => {
    const session = createSession()
    const first = await claimIdentity({ database, locks, session })
    const second = await claimIdentity({ database, locks, session: createSession() })
    const copy = await claimIdentity({ database, locks, session })
    expect(new Set([first.peerId, second.peerId, copy.peerId]).size).toBe(3)
    for (const { release } of [first, second, copy]) release()
  })
})

describe('history', () => {
  const conversation = (id: string, updatedAtMs: number): Conversation => ({
    id,
    title: `Title ${id}`,
    createdAtMs: 1,
    updatedAtMs,
    turns: [],
  })

  test('lists the latest first, gives one back whole, forgets what is removed', async () => {
    await putConversation(database, conversation('a', 1))
    await putConversation(database, conversation('b', 3))
    await putConversation(database, conversation('c', 2))
    expect((await listConversations(database)).map(({ id }) => id)).toEqual(['b', 'c', 'a'])
    expect(await getConversation(database, 'b')).toEqual(conversation('b', 3))
    await removeConversation(database, 'b')
    expect(await getConversation(database, 'b')).toBeUndefined()
  })
})

describe('model files', () => {
  const content = new Map<string, Uint8Array>([
    ['config.json', new TextEncoder().encode('{"layers": 4}')],
    ['tokenizer.json', new TextEncoder().encode('{}')],
    ['onnx/model.onnx', Uint8Array.from({ length: 2.5 * chunkBytes }, (_, index) => index % 251)],
  ])
  const manifest = sampleManifest(content)
  const requests: { path: string; range: string | undefined }[] = []
  let damage: ((path: string, bytes: Uint8Array) => Uint8Array) | undefined
  let baseUrl: string

  const server = createServer((request, response) => {
    const path = (request.url ?? '').replace('/model/', '')
    const original = content.get(path)
    requests.push({ path, range: request.headers.range })
    if (!original) return response.writeHead(404).end()
    const bytes = damage?.(path, original) ?? original
    const start = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0)
    response.writeHead(start > 0 ? 206 : 200)
    response.end(bytes.subarray(start))
  })
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/model/`
  })
  afterAll(() => server.close())
  beforeEach(() => {
    damage = undefined
    requests.length = 0
  })

  test('arrive whole, with progress, and are not fetched twice', async () => {
    const chunks = createMemoryChunks()
    const progress: number[] = []
    const files = await fetchModelFiles(
      { manifest, baseUrl, chunks },
      { onProgress: ({ loadedBytes }) => progress.push(loadedBytes) },
    )
    expect(files).toEqual(content)
    expect(progress.at(-1)).toBe(totalBytes(manifest))
    expect(progress).toEqual([...progress].sort((a, b) => a - b))
    requests.length = 0
    expect(await fetchModelFiles({ manifest, baseUrl, chunks })).toEqual(content)
    expect(requests).toEqual([])
  })

  test('a wrong chunk is refused, named, and not kept', async () => {
    const chunks = createMemoryChunks()
    damage = (path, bytes) => {
      if (path !== 'onnx/model.onnx') return bytes
      const copy = bytes.slice()
      copy[chunkBytes + 7] = (copy[chunkBytes + 7] ?? 0) ^ 1
      return copy
    }
    const error = await fetchModelFiles({ manifest, baseUrl, chunks }).catch((reason) => reason)
    expect(error).toMatchObject({ code: 'storage/wrong-hash' })
    expect(error.message).toContain('onnx/model.onnx')
    expect(error.facts.join()).toContain('Chunk 1')
    const [first, second] =
      manifest.files.find(({ path }) => path === 'onnx/model.onnx')?.chunks ?? []
    expect(await chunks.get(first ?? '')).toBeDefined()
    expect(await chunks.get(second ?? '')).toBeUndefined()

    damage = undefined
    expect(await fetchModelFiles({ manifest, baseUrl, chunks })).toEqual(content)
    expect(requests.at(-1)?.range).toBe(`bytes=${chunkBytes}-`)
  })

  test.each([
    ['shorter', (bytes: Uint8Array) => bytes.subarray(0, bytes.length - 1)],
    ['longer', (bytes: Uint8Array) => Uint8Array.from([...bytes, 0])],
  ])('a file that is %s than it should be is refused', async (_, change) => {
    damage = (path, bytes) => (path === 'config.json' ? change(bytes) : bytes)
    await expect(
      fetchModelFiles({ manifest, baseUrl, chunks: createMemoryChunks() }),
    ).rejects.toMatchObject({ code: 'storage/wrong-hash' })
  })

  test('a kept chunk that went bad on disk is fetched again', async () => {
    const chunks = createMemoryChunks()
    await fetchModelFiles({ manifest, baseUrl, chunks })
    const hash = manifest.files[0]?.chunks[0] ?? ''
    await chunks.put(hash, Uint8Array.of(1, 2, 3))
    expect(await fetchModelFiles({ manifest, baseUrl, chunks })).toEqual(content)
  })

  test('a missing file says what the server answered', async () => {
    const missing = { ...manifest, files: [{ ...file('nothing.json', new Uint8Array(3)) }] }
    const wait = fetchModelFiles({ manifest: missing, baseUrl, chunks: createMemoryChunks() })
    await expect(wait).rejects.toMatchObject({ code: 'storage/download' })
    await expect(wait).rejects.toSatisfy(
      (error) => WeftError.is(error) && error.facts.join().includes('404'),
    )
  })

  test('cancel ends the download', async () => {
    const signal = AbortSignal.abort()
    await expect(
      fetchModelFiles({ manifest, baseUrl, chunks: createMemoryChunks() }, { signal }),
    ).rejects.toMatchObject({ code: 'protocol/cancelled' })
  })
})

function createMemoryChunks(): ChunkStore {
  const kept = new Map<string, Uint8Array>()
  return {
    get: async (hash) => kept.get(hash),
    put: async (hash, bytes) => void kept.set(hash, bytes.slice()),
    remove: async (hash) => void kept.delete(hash),
  }
}

function file(path: string, bytes: Uint8Array): ManifestFile {
  const chunks: string[] = []
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    chunks.push(bytesToHex(sha256(bytes.subarray(at, at + chunkBytes))))
  }
  return { path, sizeBytes: bytes.length, sha256: bytesToHex(sha256(bytes)), chunks }
}

function sampleManifest(content: Map<string, Uint8Array>): Manifest {
  return {
    version: 1,
    id: 'weft/sample',
    name: 'Sample',
    description: '',
    licence: 'Apache-2.0',
    parameters: 1,
    dtype: 'fp32',
    contextTokens: 16,
    memoryBytes: 1,
    graph: 'onnx/model.onnx',
    files: [...content].map(([path, bytes]) => file(path, bytes)),
    knownAnswer: { promptTokens: [], tokens: [], topLogits: [], toleranceAbs: 1 },
  }
}
