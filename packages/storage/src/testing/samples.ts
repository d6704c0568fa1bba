/**
 * A small model for tests of storage: files of known content, their manifest, chunks in memory.
 * @module
 */
import { bytesToHex, chunkBytes, type Manifest, type ManifestFile, sha256 } from '@weft/protocol'
import type { ChunkStore } from '../chunk-store.ts'

const text = (content: string) => new TextEncoder().encode(content)

/** Three and a half chunks of graph, so that there are a first, a middle and a last one. */
export const sampleContent: ReadonlyMap<string, Uint8Array> = new Map([
  ['config.json', text('{"layers": 4}')],
  ['tokenizer.json', text('{}')],
  ['tokenizer_config.json', text('{"chat_template": ""}')],
  [
    'onnx/model.onnx',
    Uint8Array.from({ length: 3.5 * chunkBytes }, (_, at) => (at >> 20) ^ (at >> 8) ^ at),
  ],
])

/** Hashes, because comparing megabytes byte by byte makes a slow test. */
export function hashesOf(files: ReadonlyMap<string, Uint8Array>): Record<string, string> {
  return Object.fromEntries([...files].map(([path, bytes]) => [path, bytesToHex(sha256(bytes))]))
}

export function sampleManifest(content = sampleContent, name = 'Sample'): Manifest {
  return {
    version: 1,
    task: 'chat',
    id: 'weft/sample',
    name,
    description: '',
    licence: 'Apache-2.0',
    parameters: 1,
    dtype: 'fp32',
    contextTokens: 64,
    memoryBytes: 1,
    graph: 'onnx/model.onnx',
    files: [...content].map(([path, bytes]) => describeFile(path, bytes)),
    knownAnswer: {
      promptTokens: Array(33).fill(1),
      tokens: Array(16).fill(1),
      topLogits: Array(8).fill({ token: 1, value: 1.5 }),
      toleranceAbs: 1,
    },
  }
}

function describeFile(path: string, bytes: Uint8Array): ManifestFile {
  const chunks: string[] = []
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    chunks.push(bytesToHex(sha256(bytes.subarray(at, at + chunkBytes))))
  }
  return { path, sizeBytes: bytes.length, sha256: bytesToHex(sha256(bytes)), chunks }
}

/** Node has no origin private file system. */
export function createMemoryChunks(): ChunkStore {
  const kept = new Map<string, Uint8Array>()
  return {
    isLasting: true,
    get: async (hash) => kept.get(hash),
    put: async (hash, bytes) => kept.set(hash, bytes.slice()) && true,
    remove: async (hash) => void kept.delete(hash),
    sizes: async () => new Map([...kept].map(([hash, { length }]) => [hash, length])),
  }
}
