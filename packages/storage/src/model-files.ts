/**
 * Fetches the files of a manifest, chunk by chunk, each checked against its hash before it counts.
 * @module
 */
import {
  bytesToHex,
  CancelledError,
  chunkBytes,
  type Manifest,
  type ManifestFile,
  WeftError,
} from '@weft/protocol'
import type { ChunkStore } from './chunk-store.ts'

export type FetchModelInit = {
  manifest: Manifest
  /** Folder of the model, absolute, ending in `/`. */
  baseUrl: string
  chunks: ChunkStore
}

export type FetchModelOptions = {
  signal?: AbortSignal
  onProgress?: (progress: { loadedBytes: number; totalBytes: number }) => void
}

/** A server that sends nothing for this long has failed. */
const stallMs = 30_000

/** @returns bytes that must be fetched to have every file of the manifest */
export function totalBytes(manifest: Manifest): number {
  return manifest.files.reduce((sum, file) => sum + file.sizeBytes, 0)
}

/**
 * @returns content by path
 * @throws WeftError `storage/wrong-hash` (names the file and chunk), `storage/download` with the
 *   server's answer, `protocol/cancelled`
 */
export async function fetchModelFiles(
  { manifest, baseUrl, chunks }: FetchModelInit,
  { signal, onProgress }: FetchModelOptions = {},
): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>()
  const total = totalBytes(manifest)
  let loadedBytes = 0
  const report = (bytes: number) => {
    loadedBytes += bytes
    onProgress?.({ loadedBytes, totalBytes: total })
  }
  report(0)
  for (const file of manifest.files) {
    if (signal?.aborted) throw new CancelledError({ subject: `Downloading ${file.path}` })
    const bytes = new Uint8Array(file.sizeBytes)
    const have = await readKept(file, chunks, bytes, report)
    if (have < file.chunks.length) {
      const url = new URL(file.path, baseUrl)
      await download({ file, url, chunks, bytes, firstChunk: have }, { signal, report })
    }
    files.set(file.path, bytes)
  }
  return files
}

/** Fills `bytes` from kept chunks. @returns the index of the first chunk that is missing */
async function readKept(
  file: ManifestFile,
  chunks: ChunkStore,
  bytes: Uint8Array,
  report: (bytes: number) => void,
): Promise<number> {
  for (const [index, hash] of file.chunks.entries()) {
    const kept = await chunks.get(hash)
    if (!kept || (await sha256Hex(kept)) !== hash) return index
    bytes.set(kept, index * chunkBytes)
    report(kept.length)
  }
  return file.chunks.length
}

type Download = {
  file: ManifestFile
  url: URL
  chunks: ChunkStore
  bytes: Uint8Array
  firstChunk: number
}

async function download(
  { file, url, chunks, bytes, firstChunk }: Download,
  { signal, report }: { signal: AbortSignal | undefined; report: (bytes: number) => void },
): Promise<void> {
  const stalled = new AbortController()
  const either = signal ? AbortSignal.any([signal, stalled.signal]) : stalled.signal
  const onStall = () => stalled.abort(stallError(url))
  let stallTimer = setTimeout(onStall, stallMs)
  try {
    const start = firstChunk * chunkBytes
    const response = await request(url, start, either)
    // A server without range support sends the file from its beginning.
    let offset = response.status === 206 ? start : 0
    let nextChunk = response.status === 206 ? firstChunk : 0
    for await (const part of readBody(response)) {
      clearTimeout(stallTimer)
      stallTimer = setTimeout(onStall, stallMs)
      if (offset + part.length > file.sizeBytes) throw wrongSize(file, url)
      bytes.set(part, offset)
      offset += part.length
      while (isComplete(file, nextChunk, offset)) {
        const size = await keepChunk({ file, url, chunks, bytes, index: nextChunk })
        if (nextChunk >= firstChunk) report(size)
        nextChunk += 1
      }
    }
    if (nextChunk < file.chunks.length) throw wrongSize(file, url)
  } catch (cause) {
    if (signal?.aborted) throw new CancelledError({ subject: `Downloading ${file.path}`, cause })
    throw WeftError.from(cause, 'storage/download', `Downloading ${file.path} failed. Try again.`)
  } finally {
    clearTimeout(stallTimer)
  }
}

async function request(url: URL, start: number, signal: AbortSignal): Promise<Response> {
  const response = await fetch(url, {
    signal,
    // Chunks are kept by hash; a damaged copy in the HTTP cache would come back for ever.
    cache: 'no-store',
    ...(start > 0 ? { headers: { Range: `bytes=${start}-` } } : {}),
  })
  if (!response.ok) {
    throw new WeftError('storage/download', `The server refused ${url.pathname}.`, {
      facts: [`Status: ${response.status} ${response.statusText}`],
    })
  }
  return response
}

async function* readBody(response: Response): AsyncIterable<Uint8Array> {
  const reader = response.body?.getReader()
  if (!reader) return
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } finally {
    await reader.cancel().catch(() => {})
  }
}

function isComplete(file: ManifestFile, chunk: number, offset: number): boolean {
  if (chunk >= file.chunks.length) return false
  return offset >= Math.min((chunk + 1) * chunkBytes, file.sizeBytes)
}

async function keepChunk({
  file,
  url,
  chunks,
  bytes,
  index,
}: Omit<Download, 'firstChunk'> & { index: number }): Promise<number> {
  const chunk = bytes.subarray(index * chunkBytes, (index + 1) * chunkBytes)
  const expected = file.chunks[index] ?? ''
  const actual = await sha256Hex(chunk)
  if (actual !== expected) {
    throw new WeftError('storage/wrong-hash', `The file ${file.path} is not what it should be.`, {
      facts: [
        `From: ${url.href}`,
        `Chunk ${index}: expected SHA-256 ${expected}, got ${actual}`,
        'Nothing of it was used. The copy on the server is damaged or was changed.',
      ],
    })
  }
  await chunks.put(expected, chunk)
  return chunk.length
}

function stallError(url: URL): WeftError {
  return new WeftError('storage/download', 'The server stopped sending. Try again.', {
    facts: [`From: ${url.href}`, `Nothing came for ${stallMs / 1000} seconds.`],
  })
}

function wrongSize(file: ManifestFile, url: URL): WeftError {
  return new WeftError('storage/wrong-hash', `The file ${file.path} is not what it should be.`, {
    facts: [`From: ${url.href}`, `Expected ${file.sizeBytes} bytes; the size differs.`],
  })
}

async function sha256Hex(bytes: Uint8Array): Promise<string> {
  return bytesToHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes.slice())))
}
