/**
 * A file as its chunks: where each lies, and whether bytes are the right ones.
 * @module
 */
import { bytesToHex, chunkBytes, type ManifestFile } from '@weft/protocol'
import type { ChunkStore } from './chunk-store.ts'

/** @returns the size in bytes of chunk `index` of a file: 1 MiB, the last one the rest */
export function chunkSize(file: ManifestFile, index: number): number {
  return Math.min(chunkBytes, file.sizeBytes - index * chunkBytes)
}

export async function sha256Hex(bytes: Uint8Array): Promise<string> {
  // Nothing here lies in shared memory, which `digest` would refuse.
  const digest = await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>)
  return bytesToHex(new Uint8Array(digest))
}

/** @returns chunk `index` of a file as it is kept; undefined when it is not, or went bad on disk */
export async function getWhole(
  chunks: ChunkStore,
  file: ManifestFile,
  index: number,
): Promise<Uint8Array | undefined> {
  const hash = file.chunks[index] ?? ''
  const kept = await chunks.get(hash)
  const isWhole = kept?.length === chunkSize(file, index) && (await sha256Hex(kept)) === hash
  return isWhole ? kept : undefined
}

/**
 * Cuts a stream that begins at chunk `first` of `file` into chunks, each in a buffer of its own. A
 * chunk that the stream breaks off in is left out, and so is what comes after the file's end.
 */
export async function* cutChunks(
  file: ManifestFile,
  parts: AsyncIterable<Uint8Array>,
  first = 0,
): AsyncIterable<{ index: number; bytes: Uint8Array }> {
  let index = first
  let buffer = new Uint8Array(chunkSize(file, index))
  let filled = 0
  for await (const part of parts) {
    let rest = part
    while (rest.length > 0) {
      const taken = rest.subarray(0, buffer.length - filled)
      buffer.set(taken, filled)
      filled += taken.length
      rest = rest.subarray(taken.length)
      if (filled < buffer.length) continue
      yield { index, bytes: buffer }
      index += 1
      if (index === file.chunks.length) return
      buffer = new Uint8Array(chunkSize(file, index))
      filled = 0
    }
  }
}
