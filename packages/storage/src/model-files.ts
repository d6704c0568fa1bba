/**
 * Brings the files of a manifest together: chunks that are kept, the others from where they lie, each
 * checked against its hash before it counts.
 * @module
 */
import {
  CancelledError,
  chunkBytes,
  type Manifest,
  type ManifestFile,
  WeftError,
} from '@weft/protocol'
import type { ChunkStore } from './chunk-store.ts'
import { getWhole, sha256Hex } from './chunks.ts'
import { downloadFile } from './download-file.ts'
import { type DownloadTiming, usualTiming } from './judge-answer.ts'

export type FetchModelInit = {
  manifest: Manifest
  /** Folders that hold the model, absolute, ending in `/`; asked in this order. */
  sources: readonly string[]
  chunks: ChunkStore
  timing?: DownloadTiming
}

export type ModelProgress = { loadedBytes: number; totalBytes: number }

export type FetchModelOptions = {
  signal?: AbortSignal
  onProgress?: (progress: ModelProgress) => void
}

/** @returns bytes of every file of the manifest */
export function totalBytes(manifest: Manifest): number {
  return manifest.files.reduce((sum, file) => sum + file.sizeBytes, 0)
}

/**
 * @returns content by path, each in a buffer of its own
 * @throws WeftError `storage/wrong-hash` (names the file and chunk), `storage/not-found`,
 *   `storage/refused`, `storage/server-busy`, `storage/not-a-file`, `storage/download`,
 *   `storage/no-source`, `storage/no-memory`, `storage/bad-manifest`, `protocol/cancelled`
 */
export async function fetchModelFiles(
  { manifest, sources, chunks, timing = usualTiming }: FetchModelInit,
  { signal, onProgress }: FetchModelOptions = {},
): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>()
  const progress = { loadedBytes: 0, totalBytes: totalBytes(manifest) }
  const report = (bytes: number) => {
    progress.loadedBytes += bytes
    onProgress?.({ ...progress })
  }
  report(0)
  for (const file of manifest.files) {
    const content = allocate(file)
    const take = (index: number, bytes: Uint8Array) => {
      content.set(bytes, index * chunkBytes)
      report(bytes.length)
    }
    const missing = await readKept({ file, chunks, take }, signal)
    const keep = async (index: number, bytes: Uint8Array) => {
      await chunks.put(file.chunks[index] ?? '', bytes)
      take(index, bytes)
    }
    if (missing.size > 0) await downloadFile({ file, sources, missing, keep }, { signal, timing })
    if (file.path === 'tokenizer.json') await checkWhole(file, content)
    files.set(file.path, content)
  }
  return files
}

type ReadInit = {
  file: ManifestFile
  chunks: ChunkStore
  take: (index: number, bytes: Uint8Array) => void
}

/** Takes the chunks that are kept and whole. @returns the indexes of the others */
async function readKept(
  { file, chunks, take }: ReadInit,
  signal: AbortSignal | undefined,
): Promise<Set<number>> {
  const missing = new Set<number>()
  for (const index of file.chunks.keys()) {
    if (signal?.aborted) throw new CancelledError({ subject: `Reading ${file.path}` })
    const kept = await getWhole(chunks, file, index)
    if (kept) take(index, kept)
    else missing.add(index)
  }
  return missing
}

/** Receipts name the tokenizer by the hash of its whole file, which no chunk's hash vouches for. */
async function checkWhole(file: ManifestFile, content: Uint8Array): Promise<void> {
  const actual = await sha256Hex(content)
  if (actual === file.sha256) return
  throw new WeftError(
    'storage/bad-manifest',
    `The manifest of this model contradicts itself about ${file.path}. Choose another model.`,
    {
      facts: [
        `Its chunks make a file of SHA-256 ${actual}; it says ${file.sha256}`,
        'Whoever made it can write it anew: `npm run manifest -- FOLDER`.',
      ],
    },
  )
}

function allocate(file: ManifestFile): Uint8Array {
  try {
    return new Uint8Array(file.sizeBytes)
  } catch (cause) {
    throw new WeftError(
      'storage/no-memory',
      `This browser has no memory for ${file.path}. Close other tabs, or choose a smaller model.`,
      { facts: [`Needed in one piece: ${file.sizeBytes} bytes`], cause },
    )
  }
}
